using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;

namespace PerfConn.Feeds.Legs;

/// <summary>The set with a venue's protocol and a handler.</summary>
internal sealed class LegSet<TProtocol, THandler> : LegSet
    where TProtocol : struct, IVenueProtocol
    where THandler : ITickHandler
{
    /// <summary>Fewer measurements than this say nothing about a leg.</summary>
    private const int SamplesToJudge = 32;

    private readonly Lock _lock = new();
    private readonly List<LegSubscription> _wanted = [];
    private readonly LegOptions _options;
    private readonly LegMerge<TProtocol, THandler> _merge;
    private readonly Leg<TProtocol>[] _legs;
    private readonly ITimer _timer;

    public LegSet(IReadOnlyList<Venue<TProtocol>> venues, THandler handler, LegOptions options)
        : base(options.Line.Symbols ?? new SymbolMap(TProtocol.IgnoresSymbolCase))
    {
        _options = options with { Line = options.Line with { Symbols = Symbols } };
        _merge = new LegMerge<TProtocol, THandler>(venues.Count, handler, _options);
        _legs = [.. venues.Select((venue, number) => new Leg<TProtocol>(number, venue, _options, _merge))];
        _timer = _options.Line.TimeProvider.CreateTimer(static state => ((LegSet<TProtocol, THandler>)state!).Review(), this, options.Window, options.Window);
    }

    public override long Ticks => _merge.Ticks;

    public override long Gaps => _merge.Gaps;

    public override IReadOnlyList<LegStatistics> Legs => [.. _legs.Select((leg, number) =>
    {
        (long wins, long repeats, TimeSpan lag, _) = _merge.Read(number, startsOver: false);
        return new LegStatistics(leg.Venue.Endpoint, leg.Line?.State ?? LineState.Connecting, wins, repeats, lag, leg.Demotions);
    })];

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        Task[] opening = [.. _legs.Select(leg => leg.OpenAsync(Wanted, cancellationToken))];
        List<Task> left = [.. opening];
        while (left.Count > 0)
        {
            Task done = await Task.WhenAny(left).ConfigureAwait(false);
            if (done.IsCompletedSuccessfully)
            {
                foreach (Task other in left)
                {
                    // Observed: a leg that fails is tried again by itself.
                    _ = other.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                }

                return;
            }

            left.Remove(done);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new AllConnectionsFailedException(
            0,
            1,
            [.. opening.Select(static task => task.Exception!.InnerException as ConnectionException ?? new ConnectionException(task.Exception.InnerException!.Message, task.Exception.InnerException))]);
    }

    public override async Task<LegSubscription> SubscribeAsync(
        IReadOnlyList<string> streams, DataExpectation? expectation = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(streams);
        var subscription = new LegSubscription([.. streams], new SubscribeOptions { Expectation = expectation }, EndAsync);
        lock (_lock)
        {
            _wanted.Add(subscription);
        }

        List<Exception> errors = [];
        List<Task> asking = [.. _legs.Where(static leg => leg.Line is not null).Select(leg => leg.SubscribeAsync(subscription, cancellationToken))];
        while (asking.Count > 0)
        {
            Task done = await Task.WhenAny(asking).ConfigureAwait(false);
            if (done.IsCompletedSuccessfully)
            {
                foreach (Task other in asking)
                {
                    _ = other.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                }

                return subscription;
            }

            asking.Remove(done);
            errors.Add(done.Exception?.InnerException ?? new OperationCanceledException(cancellationToken));
        }

        await subscription.DisposeAsync().ConfigureAwait(false);
        throw errors.Count == 0 ? new LineClosedException("no leg is up") : errors[0];
    }

    public override async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_legs.Select(static leg => leg.DisposeAsync().AsTask())).ConfigureAwait(false);
        _merge.Dispose();
    }

    private LegSubscription[] Wanted()
    {
        lock (_lock)
        {
            return [.. _wanted];
        }
    }

    private async Task EndAsync(LegSubscription subscription)
    {
        lock (_lock)
        {
            _wanted.Remove(subscription);
        }

        await Task.WhenAll(_legs.Select(leg => leg.UnsubscribeAsync(subscription))).ConfigureAwait(false);
    }

    /// <summary>Once in a window: a leg that lags behind is demoted, and moved to a new connection.</summary>
    private void Review()
    {
        for (int number = 0; number < _legs.Length; number++)
        {
            (_, _, TimeSpan lag, long samples) = _merge.Read(number, startsOver: true);
            if (samples >= SamplesToJudge && lag > _options.DemoteAbove && _legs[number].Line is { State: LineState.Live } line)
            {
                _legs[number].Demotions++;
                _options.OnDemoted?.Invoke(number, lag);
                _ = line.RotateAsync().ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }
}
