using System;
using System.Diagnostics;
using System.Threading;

namespace PerfConn.Connections;

/// <summary>
/// Where one line stands: <see cref="LineTransitions"/> with a memory. Every session gets the next generation number when it goes live, whenever it was connected (a spare one
/// may be older than the one before it), and whatever is told about another generation than the present one is ignored.
/// </summary>
/// <remarks>Thread-safe. <paramref name="changed"/> is called outside the lock, after the change, in the order of the changes as far as one thread makes them.</remarks>
[DebuggerDisplay("{State} (generation {Generation})")]
internal sealed class LineMachine(Action<LineState, LineState>? changed = null)
{
    private readonly Lock _lock = new();
    private volatile LineState _state;

    /// <summary>Where the line stands.</summary>
    public LineState State => _state;

    /// <summary>The session that delivers, or delivered last; 0 before the first.</summary>
    public int Generation { get; private set; }

    /// <summary>Something has happened to the line. False when that changes nothing here.</summary>
    public bool Fire(LineTrigger trigger)
    {
        Debug.Assert(trigger != LineTrigger.GoLive, "a session goes live under its number");
        return Fire(trigger, generation: null);
    }

    /// <summary>Something has happened to the session of this generation. False when it is not the present one, or that changes nothing here.</summary>
    public bool Fire(LineTrigger trigger, int generation) => Fire(trigger, (int?)generation);

    /// <summary>A session delivers from now on, and has this generation. False, and it must be let go of, when the line is being closed.</summary>
    public bool GoLive(out int generation)
    {
        LineState before;
        lock (_lock)
        {
            before = _state;
            generation = 0;
            if (LineTransitions.Next(before, LineTrigger.GoLive) is not { } next)
            {
                return false;
            }

            generation = ++Generation;
            _state = next;
        }

        changed?.Invoke(before, LineState.Live);
        return true;
    }

    private bool Fire(LineTrigger trigger, int? generation)
    {
        LineState before;
        LineState after;
        lock (_lock)
        {
            before = _state;
            if ((generation is { } number && number != Generation) || LineTransitions.Next(before, trigger) is not { } next)
            {
                return false;
            }

            after = next;
            _state = next;
        }

        changed?.Invoke(before, after);
        return true;
    }
}
