using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Buffers;

namespace PerfConn.Dispatch;

/// <summary>
/// A bounded lane from the receive loop to a handler on its own task: one writer, one reader, order kept. A tick in the lane is a lease on the
/// block it was received into, not a copy. When the lane is full the oldest tick makes room; see <see cref="DropLedger"/> for how that is told.
/// </summary>
internal sealed class Lane<THandler> : Subscriber, ILane, ILeaseSource
    where THandler : ITickHandler
{
    private readonly Channel<LaneItem> _channel;
    private readonly DropLedger _drops = new();
    private readonly FaultObserver _faults;
    private readonly Task _reading;

    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler;
#pragma warning restore IDE0044
    private LaneItem _current;
    private long _dropped;

    public Lane(THandler handler, int capacity, FaultObserver faults)
    {
        _handler = handler;
        _faults = faults;
        _channel = Channel.CreateBounded<LaneItem>(
            new BoundedChannelOptions(capacity)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
                SingleWriter = true,
                AllowSynchronousContinuations = false,
            },
            OnDropped);
        _reading = Task.Run(ReadAsync);
    }

    public long Dropped => Volatile.Read(ref _dropped);

    public override void OnTick(in Tick tick)
    {
        var item = new LaneItem(in tick);
        if (!_channel.Writer.TryWrite(item))
        {
            // Only a closed lane refuses; what comes after its end is not delivered and must not be leaked.
            item.Frame.Dispose();
        }
    }

    public override void OnGap(in Gap gap) => _channel.Writer.TryWrite(new LaneItem(in gap));

    /// <summary>A handler on the lane keeps the tick it is handling: one more reference on the same block.</summary>
    FrameLease ILeaseSource.Lease(ReadOnlySpan<byte> bytes) => _current.Frame.LeaseAgain(bytes);

    public void Complete() => _channel.Writer.TryComplete();

    public async ValueTask DisposeAsync()
    {
        Complete();
        await _reading.ConfigureAwait(false);
    }

    private void OnDropped(LaneItem item)
    {
        if (!item.IsGap)
        {
            item.Frame.Dispose();
        }

        // A dropped gap marker counts as a drop too: its successor says again that ticks are missing.
        Interlocked.Increment(ref _dropped);
        _drops.Count(item.Symbol, item.Channel);
    }

    /// <summary>WaitToRead and TryRead, never a cancellable ReadAsync: that one loses items on .NET 10 (dotnet/runtime#132094).</summary>
    private async Task ReadAsync()
    {
        ChannelReader<LaneItem> reader = _channel.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (reader.TryRead(out LaneItem item))
            {
                Deliver(in item);
            }
        }
    }

    private void Deliver(in LaneItem item)
    {
        _current = item;
        try
        {
            int lost = _drops.Take(item.Symbol, item.Channel);
            if (lost > 0)
            {
                _handler.OnGap(new Gap(item.Symbol, item.Channel, GapCause.SlowConsumer, 0, item.Timestamp, lost));
            }

            if (item.IsGap)
            {
                _handler.OnGap(item.ToGap());
            }
            else
            {
                _handler.OnTick(new Tick(item.Symbol, item.Channel, item.Frame.Span, item.Timestamp, this));
            }
        }
        catch (Exception e)
        {
            _faults.OnHandlerFault(e);
        }
        finally
        {
            item.Frame.Dispose();
        }
    }
}
