using System;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PerfConn.Dispatch;

/// <summary>
/// A lane to put in front of a handler wherever a handler goes: the ticks that it is given on the receive loop are kept by leases, and delivered to the handler
/// behind it on a task of its own. <c>Line.ConnectAsync</c> with a <see cref="Delivery"/> makes one and ends it with its line; make your own where only a part of
/// what a handler does shall go behind a lane, and dispose it when the line is closed.
/// </summary>
/// <remarks>
/// <see cref="OnTick"/> and <see cref="OnGap"/> are for one caller at a time, which is what a line is. They never block and allocate nothing: when the lane is full the oldest
/// tick makes room, is counted, and is announced by a gap marker before the symbol's next tick.
/// </remarks>
/// <typeparam name="THandler">The handler behind it; a struct spares the call.</typeparam>
public sealed class TickLane<THandler> : ITickHandler, IAsyncDisposable
    where THandler : ITickHandler
{
    private readonly Lane<THandler> _lane;

    /// <summary>Makes a lane.</summary>
    /// <param name="handler">Called on the lane's own task, one call at a time.</param>
    /// <param name="capacity">Most ticks waiting, at least 1. Default: 16,384.</param>
    /// <param name="logger">Where exceptions that leave the handler are logged, the first of each minute. Default: nowhere.</param>
    /// <param name="time">The clock of that minute. Default: the system's.</param>
    public TickLane(THandler handler, int capacity = Delivery.DefaultLaneCapacity, ILogger? logger = null, TimeProvider? time = null)
        : this(handler, capacity, new FaultObserver(logger ?? NullLogger.Instance, time ?? TimeProvider.System))
    {
    }

    internal TickLane(THandler handler, int capacity, FaultObserver faults)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _lane = new Lane<THandler>(handler, capacity, faults);
    }

    /// <summary>Ticks dropped so far because the handler was slower than the feed.</summary>
    public long Dropped => _lane.Dropped;

    internal ILane Lane => _lane;

    /// <inheritdoc/>
    public void OnTick(in Tick tick) => _lane.OnTick(in tick);

    /// <inheritdoc/>
    public void OnGap(in Gap gap) => _lane.OnGap(in gap);

    /// <summary>Takes nothing more, and returns when the handler has had everything that is in the lane.</summary>
    public ValueTask DisposeAsync() => _lane.DisposeAsync();
}
