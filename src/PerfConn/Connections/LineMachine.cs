using System.Diagnostics;
using System.Threading;

namespace PerfConn.Connections;

/// <summary>
/// Where one line stands: <see cref="LineTransitions"/> with a memory. Every session gets the next generation number when it goes live, whenever it was connected (a spare one
/// may be older than the one before it), and whatever is told about another generation than the present one is ignored.
/// </summary>
/// <remarks>Thread-safe.</remarks>
[DebuggerDisplay("{State} (generation {Generation})")]
internal sealed class LineMachine
{
    /// <summary>The state in the low byte, the generation above it: they change together, and without a lock (40 bytes for each idle line).</summary>
    private long _both;

    /// <summary>Where the line stands.</summary>
    public LineState State => StateOf(Volatile.Read(ref _both));

    /// <summary>The session that delivers, or delivered last; 0 before the first.</summary>
    public int Generation => GenerationOf(Volatile.Read(ref _both));

    /// <summary>Something has happened to the line. False when that changes nothing here.</summary>
    public bool Fire(LineTrigger trigger)
    {
        Debug.Assert(trigger != LineTrigger.GoLive, "a session goes live under its number");
        return TryMove(trigger, generation: null, out _);
    }

    /// <summary>Something has happened to the session of this generation. False when it is not the present one, or that changes nothing here.</summary>
    public bool Fire(LineTrigger trigger, int generation) => TryMove(trigger, generation, out _);

    /// <summary>A session delivers from now on, and has this generation. False, and it must be let go of, when the line is being closed.</summary>
    public bool GoLive(out int generation) => TryMove(LineTrigger.GoLive, generation: null, out generation);

    private static LineState StateOf(long both) => (LineState)(byte)both;

    private static int GenerationOf(long both) => (int)(both >> 8);

    private bool TryMove(LineTrigger trigger, int? generation, out int after)
    {
        while (true)
        {
            long both = Volatile.Read(ref _both);
            LineState before = StateOf(both);
            after = 0;
            if ((generation is { } number && number != GenerationOf(both)) || LineTransitions.Next(before, trigger) is not { } next)
            {
                return false;
            }

            after = GenerationOf(both) + (trigger == LineTrigger.GoLive ? 1 : 0);
            if (Interlocked.CompareExchange(ref _both, ((long)after << 8) | (byte)next, both) == both)
            {
                return true;
            }
        }
    }
}
