using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PerfConn.Dispatch;

/// <summary>
/// A lane to put in front of a handler wherever a handler goes: the ticks that it is given on the receive loop are kept, and delivered to the handler behind it on
/// the pool or on a thread of its own. <c>Line.ConnectAsync</c> with a <see cref="Delivery"/> makes one and ends it with its line; make your own where only a part of
/// what a handler does shall go behind a lane, and dispose it when the line is closed.
/// </summary>
/// <remarks>
/// <see cref="OnTick"/> and <see cref="OnGap"/> are for one caller at a time, which is what a line is. They allocate nothing but at the first sight of a symbol, and block
/// under <see cref="LanePolicy.Wait"/> only.
/// </remarks>
/// <typeparam name="THandler">The handler behind it; a struct spares the call.</typeparam>
public sealed class TickLane<THandler> : ITickHandler, IAsyncDisposable
    where THandler : ITickHandler
{
    private readonly Lane _lane;

    /// <summary>Makes a lane that drops its oldest ticks when it is full, read on the thread pool.</summary>
    /// <param name="handler">Called behind the lane, one call at a time.</param>
    /// <param name="capacity">Most ticks waiting, at least 1. Default: 16,384.</param>
    /// <param name="logger">Where exceptions that leave the handler are logged, the first of each minute. Default: nowhere.</param>
    /// <param name="time">The clock of that minute. Default: the system's.</param>
    public TickLane(THandler handler, int capacity = Delivery.DefaultLaneCapacity, ILogger? logger = null, TimeProvider? time = null)
        : this(handler, Delivery.Lane(capacity), logger, time)
    {
    }

    /// <summary>Makes a lane.</summary>
    /// <param name="handler">Called behind the lane, one call at a time.</param>
    /// <param name="delivery">Which lane.</param>
    /// <param name="logger">Where exceptions that leave the handler are logged, the first of each minute. Default: nowhere.</param>
    /// <param name="time">The clock of that minute, and of <see cref="Delivery.WaitLimit"/>. Default: the system's.</param>
    /// <exception cref="ArgumentException">The delivery is inline.</exception>
    public TickLane(THandler handler, Delivery delivery, ILogger? logger = null, TimeProvider? time = null)
        : this(handler, delivery, new FaultObserver(logger ?? NullLogger.Instance, time ?? TimeProvider.System))
    {
    }

    internal TickLane(THandler handler, Delivery delivery, FaultObserver faults, CancellationToken closing = default)
    {
        if (!delivery.IsLane)
        {
            throw new ArgumentException("Inline delivery has no lane.", nameof(delivery));
        }

        _lane = Dispatch.Lane.Start(handler, in delivery, faults, closing);
    }

    /// <summary>Its counters.</summary>
    public LaneStatistics Statistics => _lane.Statistics;

    /// <summary>Ticks dropped so far because the handler was slower than the feed.</summary>
    public long Dropped => _lane.Statistics.Dropped;

    internal ILane Lane => _lane;

    /// <inheritdoc/>
    public void OnTick(in Tick tick) => _lane.OnTick(in tick);

    /// <inheritdoc/>
    public void OnGap(in Gap gap) => _lane.OnGap(in gap);

    /// <summary>Takes nothing more, and returns when the handler has had everything that is in the lane.</summary>
    public ValueTask DisposeAsync() => _lane.DisposeAsync();
}
