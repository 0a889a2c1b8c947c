using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Resilience;
using PerfConn.Subscriptions;

namespace PerfConn.Feeds.Legs;

/// <summary>One leg of a set: a line that is opened again whenever it has ended, with all subscriptions of the set.</summary>
internal sealed class Leg<TProtocol> : IAsyncDisposable
    where TProtocol : struct, IVenueProtocol
{
    private readonly int _number;
    private readonly Venue<TProtocol> _venue;
    private readonly LegOptions _options;
    private readonly ILegSink _sink;
    private readonly RetrySequence _retry;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _subscribing = new(1);
    private readonly Dictionary<LegSubscription, Subscription> _subscriptions = [];
    private volatile Line? _line;
    private Task _keeping = Task.CompletedTask;

    public Leg(int number, Venue<TProtocol> venue, LegOptions options, ILegSink sink)
    {
        _number = number;
        _venue = venue;
        _options = options;
        _sink = sink;
        _retry = new RetrySequence(options.Retry, new Random(options.Line.JitterSeed + number ?? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue)), options.Line.TimeProvider);
    }

    public Line? Line => _line;

    public Venue<TProtocol> Venue => _venue;

    public long Demotions { get; set; }

    /// <summary>Opens the leg; throws when the first attempt fails, and goes on trying all the same.</summary>
    /// <param name="wanted">What is subscribed to, asked each time.</param>
    /// <param name="cancellationToken">Ends the waiting for the first attempt.</param>
    public async Task OpenAsync(Func<IReadOnlyList<LegSubscription>> wanted, CancellationToken cancellationToken)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _keeping = Task.Run(() => KeepAsync(wanted, first), CancellationToken.None);
        await first.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Subscribes on this leg; does nothing while it is down, for it subscribes to all that is wanted when it comes up.</summary>
    public async Task SubscribeAsync(LegSubscription subscription, CancellationToken cancellationToken)
    {
        await _subscribing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_line is { } line && !_subscriptions.ContainsKey(subscription) && !subscription.IsDisposed)
            {
                _subscriptions.Add(subscription, await line.SubscribeAsync(subscription.Streams, subscription.Options, cancellationToken).ConfigureAwait(false));
            }
        }
        finally
        {
            _subscribing.Release();
        }
    }

    public async Task UnsubscribeAsync(LegSubscription subscription)
    {
        await _subscribing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_subscriptions.Remove(subscription, out Subscription? ending))
            {
                await ending.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _subscribing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_line is { } line)
        {
            await line.DisposeAsync().ConfigureAwait(false);
        }

        await _keeping.ConfigureAwait(false);
        _closing.Dispose();
        _subscribing.Dispose();
    }

    /// <summary>Supervised: whatever one life of the line throws, there is another.</summary>
    private async Task KeepAsync(Func<IReadOnlyList<LegSubscription>> wanted, TaskCompletionSource first)
    {
        while (!_closing.IsCancellationRequested)
        {
            Exception why;
            try
            {
                LineEnd end = await LiveAsync(wanted, first).ConfigureAwait(false);
                why = end.Error ?? new LineClosedException(end.Reason);
            }
            catch (Exception e)
            {
                why = e;
                first.TrySetException(e);
                _ = first.Task.Exception;
            }

            RetryStep step = _retry.Next(why);
            if (!step.IsRetry)
            {
                return;
            }

            await Task.Delay(step.Delay, _options.Line.TimeProvider, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<LineEnd> LiveAsync(Func<IReadOnlyList<LegSubscription>> wanted, TaskCompletionSource first)
    {
        LineOptions options = _options.Line with { OnEvent = OnEvent };
        Line line = await Line.ConnectAsync(_venue, new LegHandler(_sink, _number), options, _closing.Token).ConfigureAwait(false);
        await using (line.ConfigureAwait(false))
        {
            _subscriptions.Clear();
            _line = line;
            first.TrySetResult();
            _retry.Reset();
            foreach (LegSubscription subscription in wanted())
            {
                await SubscribeAsync(subscription, _closing.Token).ConfigureAwait(false);
            }

            LineEnd end = await line.Completion.WaitAsync(_closing.Token).ConfigureAwait(false);
            _line = null;
            return end;
        }
    }

    private void OnEvent(LineEvent what)
    {
        switch (what)
        {
            case LineConnected or LineReconnected:
                _sink.OnUp(_number, isUp: true);
                break;
            case LineLost or LineClosed:
                _sink.OnUp(_number, isUp: false);
                break;
            default:
                break;
        }

        _options.Line.OnEvent?.Invoke(what with { ConnectionId = _number });
    }
}
