using System;
using System.Buffers;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Simulator;
using PerfConn.Subscriptions;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>The promise that everything else serves: a tick on its way to an inline handler allocates nothing. Exact, not a threshold.</summary>
public sealed class TickPathAllocationTests
{
    private const int Ticks = 1_000_000;
    private const int WarmUp = 200_000;

    [Fact]
    public async Task A_million_ticks_through_a_line_handler_allocate_nothing()
    {
        var meter = new Meter();
        await using Line line = await Line.ConnectAsync(Venue, new MeteredHandler(meter), Options);
        await Deadline.Within(meter.Done);
        Assert.Equal(0, meter.Allocated);
    }

    [Fact]
    public async Task A_million_ticks_through_a_subscription_allocate_nothing()
    {
        var meter = new Meter();
        await using Line line = await Line.ConnectAsync(Venue, Options);
        _ = line.SubscribeAsync(["btcusdt@bookTicker", "ethusdt@bookTicker"], new MeteredHandler(meter));
        await Deadline.Within(meter.Done);
        Assert.Equal(0, meter.Allocated);
    }

    [Fact]
    public async Task A_million_ticks_with_all_their_values_decoded_allocate_nothing()
    {
        var meter = new Meter();
        await using Line line = await Line.ConnectAsync(Venue, new DecodingHandler(meter), Options);
        await Deadline.Within(meter.Done);
        Assert.Equal(0, meter.Allocated);
        Assert.True(meter.Sum > 0);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("varint")]
    [InlineData("delimited")]
    [InlineData("fix")]
    public async Task A_million_ticks_of_a_raw_framing_allocate_nothing(string framing)
    {
        var meter = new Meter();
        byte[] block = [.. Enumerable.Range(0, 100).SelectMany(i => RawFramings.Frame(framing, i))];
        var options = new LineOptions
        {
            Transport = new EndlessTransport.Factory([], block, TransportContent.Bytes),
            Framing = RawFramings.Framing(framing),
            Reconnect = null,
        };
        await using Line line = await Line.ConnectAsync(RawFramings.Venue("tcp://endless.test:1"), new MeteredHandler(meter), options);
        await Deadline.Within(meter.Done);
        Assert.Equal(0, meter.Allocated);
    }

    /// <summary>The same on a real socket: the thread that reads, blocks in the kernel and handles is one, so its own counter tells all.</summary>
    [Theory]
    [InlineData(ReceiveMode.Thread, false, false, false)]
    [InlineData(ReceiveMode.Thread, true, false, false)]
    [InlineData(ReceiveMode.Thread, false, true, true)]
    [InlineData(ReceiveMode.Spin, false, false, false)]
    [InlineData(ReceiveMode.Spin, true, true, true)]
    public async Task A_million_ticks_off_a_real_socket_allocate_nothing_on_the_lines_thread(ReceiveMode mode, bool tls, bool kernelTimestamps, bool stages)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Tls = tls, Rate = 0, Symbols = 100 });
        var meter = new Meter();
        var options = new LineOptions
        {
            ReceiveMode = mode,
            Idle = IdleStrategy.Yield(),
            Stages = stages ? new StageHistograms() : null,
            Transport = new SocketTransportFactory(new SocketTransportOptions
            {
                KernelTimestamps = kernelTimestamps,
                Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true },
            }),
        };
        await using Line line = await Line.ConnectAsync(
            BinanceVenue.Spot.At(new Uri(simulator.Url, "/stream").AbsoluteUri), new DecodingHandler(meter), options);
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@bookTicker", "ethusdt@bookTicker"]));

        // Up to three million ticks: on a machine full of other work they take more than the usual deadline.
        await meter.Done.WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(0, meter.Allocated);
    }

    private static Venue<BinanceProtocol> Venue => BinanceVenue.Spot.At("ws://endless.test/stream");

    private static LineOptions Options => new()
    {
        Transport = new EndlessTransport.Factory([], Records(), renew: Number),
        Reconnect = null,
    };

    /// <summary>The messages stand one behind the other, each with its update id of nine digits at a known place.</summary>
    private static readonly (string Text, int Number)[] s_messages =
    [
        ("""{"stream":"btcusdt@bookTicker","data":{"u":100000000,"s":"BTCUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}}""", 43),
        ("""{"u":100000000,"s":"ETHUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}""", 5),
    ];

    private static byte[] Records()
    {
        var output = new ArrayBufferWriter<byte>();
        for (int i = 0; i < 100; i++)
        {
            foreach ((string message, _) in s_messages)
            {
                Span<byte> record = output.GetSpan(MessageRecord.HeaderSize + message.Length);
                new MessageRecord(message.Length, MessageRecord.Text, EndOfMessage: true).WriteTo(record);
                System.Text.Encoding.ASCII.GetBytes(message, record[MessageRecord.HeaderSize..]);
                output.Advance(MessageRecord.HeaderSize + message.Length);
            }
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Gives each message the update id after the one before it, as the venue does: a repeated one would not be delivered.</summary>
    private static void Number(byte[] block)
    {
        (string last, int place) = s_messages[^1];
        int at = block.Length - last.Length + place;
        Assert.True(System.Buffers.Text.Utf8Parser.TryParse(block.AsSpan(at, 9), out int number, out _));
        int position = 0;
        for (int i = 0; position < block.Length; i++)
        {
            (string message, int offset) = s_messages[i % s_messages.Length];
            position += MessageRecord.HeaderSize;
            Assert.True(System.Buffers.Text.Utf8Formatter.TryFormat(++number, block.AsSpan(position + offset, 9), out _));
            position += message.Length;
        }
    }

    /// <summary>
    /// Reads the thread's allocation counter at the first and the last of a million ticks, on the receive loop itself. When it is not 0, twice more: once in a while the runtime allocates
    /// 56 bytes of its own there, and a collection that another thread brings about counts the rest of this one's allocation window (8 KB) as used. A tick that allocated would in each stretch.
    /// </summary>
    private sealed class Meter
    {
        private const int MostStretches = 3;

        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _seen;
        private long _before;
        private int _thread;
        private int _stretch;

        public Task Done => _done.Task;

        public long Allocated { get; private set; } = -1;

        public long Sum { get; set; }

        public void Tick()
        {
            _seen++;
            if (_seen == WarmUp)
            {
                _thread = Environment.CurrentManagedThreadId;
                _before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (_seen > WarmUp && (_seen - WarmUp) % Ticks == 0)
            {
                long now = GC.GetAllocatedBytesForCurrentThread();
                if (_done.Task.IsCompleted)
                {
                    return;
                }

                Allocated = _stretch == 0 ? now - _before : Math.Min(Allocated, now - _before);
                _before = now;
                if (++_stretch == MostStretches || Allocated == 0)
                {
                    Assert.Equal(_thread, Environment.CurrentManagedThreadId);
                    _done.TrySetResult();
                }
            }
        }
    }

    private readonly struct MeteredHandler(Meter meter) : ITickHandler
    {
        public void OnTick(in Tick tick) => meter.Tick();

        public void OnGap(in Gap gap)
        {
        }
    }

    private readonly struct DecodingHandler(Meter meter) : ITickHandler
    {
        public void OnTick(in Tick tick)
        {
            if (BookTicker.TryRead(in tick, out BookTicker book))
            {
                meter.Sum += book.UpdateId + book.BidPrice.Mantissa + book.BidQuantity.Mantissa + book.AskPrice.Mantissa + book.AskQuantity.Mantissa;
            }

            meter.Tick();
        }

        public void OnGap(in Gap gap)
        {
        }
    }
}
