using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Benchmarks;

/// <summary>
/// The rejected variant of a lane, which was the first: a bounded channel of leased ticks. Kept runnable so that the choice of the ring stays reproducible; see
/// <c>src/PerfConn/Dispatch/README.md</c> for the figures.
/// </summary>
/// <remarks>
/// Why it lost: a bounded channel takes a lock for each item on both sides, and each tick costs an interlocked increment and decrement of its block's references, which the two
/// threads fight over. It also put the gap marker in the wrong place when ticks were dropped while older ones were being delivered.
/// </remarks>
internal sealed class LaneChannel<THandler> : ITickHandler, IAsyncDisposable
    where THandler : ITickHandler
{
    private readonly Channel<Item> _channel;
    private readonly Task _reading;

#pragma warning disable IDE0044
    private THandler _handler;
#pragma warning restore IDE0044
    private long _dropped;
    private long _sent;
    private long _delivered;

    public LaneChannel(THandler handler, int capacity, BoundedChannelFullMode mode)
    {
        _handler = handler;
        _channel = Channel.CreateBounded<Item>(
            new BoundedChannelOptions(capacity)
            {
                FullMode = mode,
                SingleReader = true,
                SingleWriter = true,
                AllowSynchronousContinuations = false,
            },
            OnDropped);
        _reading = Task.Run(ReadAsync);
    }

    public LaneStatistics Statistics => new(Volatile.Read(ref _sent), Volatile.Read(ref _delivered), Volatile.Read(ref _dropped), 0);

    public void OnTick(in Tick tick)
    {
        _sent++;
        var item = new Item(tick.Lease(), tick.ReceiveTimestamp, tick.Symbol, tick.Channel);
        while (!_channel.Writer.TryWrite(item))
        {
            // Only a channel that waits refuses.
            Thread.Yield();
        }
    }

    public void OnGap(in Gap gap)
    {
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await _reading;
    }

    private void OnDropped(Item item)
    {
        item.Frame.Dispose();
        Interlocked.Increment(ref _dropped);
    }

    private async Task ReadAsync()
    {
        ChannelReader<Item> reader = _channel.Reader;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out Item item))
            {
                _handler.OnTick(new Tick(item.Symbol, item.Channel, item.Frame.Span, item.Timestamp));
                item.Frame.Dispose();
                _delivered++;
            }
        }
    }

    private readonly record struct Item(FrameLease Frame, long Timestamp, SymbolId Symbol, TickChannel Channel);
}
