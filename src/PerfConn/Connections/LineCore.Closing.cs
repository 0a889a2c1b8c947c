using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;

namespace PerfConn.Connections;

/// <content>
/// The end that the user wants: goodbye, cut, lanes. Bounded at every step, because the owner task calls code that is not ours: a handler, a listener, a transport. Who
/// does not return holds his own thread and what it holds, and nobody who closes the line.
/// </content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    /// <summary>What the owner's way to its end takes at most by itself, besides a goodbye to a relief.</summary>
    private static readonly TimeSpan s_ownersTime = TimeSpan.FromSeconds(1);

    private TaskCompletionSource? _closed;

    /// <summary>How long those that run others' code may take for their end when the transport has been cut.</summary>
    private TimeSpan Patience => _options.CloseTimeout + s_ownersTime;

    public override ValueTask DisposeAsync() => CloseAsync(1000, "");

    internal override async ValueTask CloseAsync(int code, string reason)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _closed, closed, null) is { } first)
        {
            await first.Task.ConfigureAwait(false);
            return;
        }

        try
        {
            await CloseOnceAsync(code, reason).ConfigureAwait(false);
        }
        finally
        {
            closed.SetResult();
        }
    }

    /// <summary>Ends a lane. What is in it is still delivered, for as long as its handler takes anything.</summary>
    public async ValueTask EndAsync(ILane lane)
    {
        if (!await lane.EndAsync(Patience, _options.TimeProvider).ConfigureAwait(false))
        {
            ConnectionsLog.LaneHeld(_options.Logger, Name, Patience, lane.Statistics.Waiting);
        }
    }

    private async Task CloseOnceAsync(int code, string reason)
    {
        _machine.Fire(LineTrigger.Close);

        // Tokens linked to this one have callbacks of their users, which may throw or block: neither keeps the line open.
        await _closing.CancelAsync().WaitAsync(Patience, _options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_session is { } session)
        {
            await CloseSessionAsync(session, code, reason).ConfigureAwait(false);
        }

        await ((Task)_completion.Task).WaitAsync(Patience, _options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_completion.Task.IsCompleted)
        {
            LeaveOwner();
        }

        // Side by side: what one of them keeps waiting, the others have not to wait for as well.
        await Task.WhenAll((_book?.Lanes() ?? []).Append(_lane).OfType<ILane>().Select(lane => EndAsync(lane).AsTask())).ConfigureAwait(false);
    }

    /// <summary>
    /// The owner has not come back. It goes on when it can: the session and the receive block, which the handler may still be reading, are its own to give back. What waits for
    /// the line meanwhile does not wait for that.
    /// </summary>
    private void LeaveOwner()
    {
        ConnectionsLog.OwnerHeld(_options.Logger, Name, Patience);
        StopWatchingData();
        _book?.Close(new LineClosedException(Endpoint.Url, "the line is closed; a handler of it has not returned", LostCode));
    }

    /// <summary>Says goodbye and gives the peer its time to answer; then the transport is cut.</summary>
    private async Task CloseSessionAsync(LineSession session, int code, string reason)
    {
        if (session.Framing.HasControlFrames)
        {
            await session.SendCloseAsync(code, reason, _options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
        }
        else if (!await session.TryEndStreamAsync(_options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false))
        {
            session.Abort();
            return;
        }

        try
        {
            await _completion.Task.WaitAsync(_options.CloseTimeout, _options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            session.Abort();
        }
    }
}
