using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Subscriptions;

namespace PerfConn.Connections;

/// <content>
/// The second clock of liveness: whether the streams bring data of which somebody expects it (RELIABILITY B54). One timer, and only while somebody does; a tick pays nothing,
/// for when a stream ticked last stands in the ledger anyway.
/// </content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    /// <summary>A look later than this was late because this side slept.</summary>
    private static readonly TimeSpan s_sleep = TimeSpan.FromSeconds(2);

    /// <summary>Looks in the shortest limit, so that a silence is found at most a tenth late: one look until the stream is seen to be confirmed, one until it is seen to be silent.</summary>
    private const int LooksPerLimit = 20;

    private static readonly TimeSpan s_shortestLook = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestLook = TimeSpan.FromSeconds(5);

    private readonly long _born;
    private ITimer? _dataTimer;
    private TimeSpan _nextLook;

    private TimeSpan Now => _options.TimeProvider.GetElapsedTime(_born);

    /// <summary>Somebody has subscribed with an expectation.</summary>
    private void WatchData()
    {
        lock (_clocks)
        {
            _dataTimer ??= _options.TimeProvider.CreateTimer(
                static state => ((LineCore<TProtocol, TPipeline>)state!).LookAtData(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            ScheduleLook(Now);
        }
    }

    private void StopWatchingData()
    {
        lock (_clocks)
        {
            _dataTimer?.Dispose();
            _dataTimer = null;
        }
    }

    /// <summary>Called under the lock.</summary>
    private void ScheduleLook(TimeSpan now)
    {
        if (_dataTimer is not null && _book!.ShortestLimit(now) is { } limit)
        {
            TimeSpan wait = limit / LooksPerLimit;
            wait = wait < s_shortestLook ? s_shortestLook : wait > s_longestLook ? s_longestLook : wait;
            _nextLook = now + wait;
            _dataTimer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void LookAtData()
    {
        List<(StreamName Stream, StaleStep Step, TimeSpan? Last)> due = [];
        int stale;
        lock (_clocks)
        {
            TimeSpan now = Now;
            bool isExcused = now - _nextLook > s_sleep || _session is null or { Progress.IsBusy: true };
            stale = _book!.Look(now, isExcused, LastTick, due);
            ScheduleLook(now);
        }

        if (due.Count > 0)
        {
            Repair(due);
        }
        else if (stale == 0 && _machine.Fire(LineTrigger.Recover))
        {
            Tell(new LineRecovered());
        }
    }

    private TimeSpan? LastTick(StreamName stream) =>
        _ledger!.LastOf(stream.Symbol, stream.Channel) is var last && last > _born ? _options.TimeProvider.GetElapsedTime(_born, last) : null;

    private void Repair(List<(StreamName Stream, StaleStep Step, TimeSpan? Last)> due)
    {
        _machine.Fire(LineTrigger.GoStale);
        long now = _options.TimeProvider.GetTimestamp();
        foreach ((StreamName stream, _, TimeSpan? last) in due)
        {
            // One that has ticked since the look is not silent any more: a mark now would stand behind that tick.
            if (LastTick(stream) == last)
            {
                _ledger!.MarkStale(stream.Symbol, stream.Channel, now);
            }
        }

        StaleStep step = due.Max(static one => one.Step);
        string[] names = [.. due.Select(static one => one.Stream.Name)];
        ConnectionsLog.Stale(_options.Logger, Name, names.Length, names[0], step);
        Tell(new LineStale(names, (StaleRepair)(step - StaleStep.Resubscribe)));
        if (step > StaleStep.Resubscribe)
        {
            _session?.GiveUp(new StaleDataException(
                Endpoint.Url,
                $"{names.Length} {(names.Length == 1 ? "stream brings" : "streams bring")} no data although the peer answers, {names[0]} among them",
                isOtherWanted: step == StaleStep.OtherEndpoint));
        }
    }
}
