using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Framing.Delimited;
using PerfConn.Simulator;
using PerfConn.Subscriptions;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>The kernel's time of arrival: between the request for the ticks and the return of the read that brought them, wherever it can be had. Linux only.</summary>
public sealed class KernelTimestampTests
{
    private static readonly long s_slack = TimeProvider.System.TimestampFrequency / 50_000;

    [Theory]
    [InlineData(ReceiveMode.Async, false)]
    [InlineData(ReceiveMode.Thread, false)]
    [InlineData(ReceiveMode.Thread, true)]
    [InlineData(ReceiveMode.Spin, false)]
    [InlineData(ReceiveMode.Spin, true)]
    public async Task Ticks_tell_when_the_kernel_received_them(ReceiveMode mode, bool tls)
    {
        (long asked, long[] arrivals, long[] reads) = await ReceiveAsync(mode, tls, kernelTimestamps: true, isAwaited: true);

        // The kernel begins to stamp some time after the first socket on the machine has asked for it, and pauses when the last one of another test has gone; hence the wait for it.
        Assert.Contains(arrivals, arrival => arrival != 0);
        for (int i = 0; i < arrivals.Length; i++)
        {
            Assert.True(arrivals[i] == 0 || (arrivals[i] >= asked && arrivals[i] <= reads[i]), $"{arrivals[i]} is not between {asked} and {reads[i]}");
        }
    }

    [Theory]
    [InlineData(ReceiveMode.Async, true, true)]
    [InlineData(ReceiveMode.Thread, false, false)]
    public async Task Without_them_the_time_is_0(ReceiveMode mode, bool tls, bool kernelTimestamps)
    {
        (_, long[] arrivals, _) = await ReceiveAsync(mode, tls, kernelTimestamps);
        Assert.All(arrivals, arrival => Assert.Equal(0, arrival));
    }

    /// <summary>The second message comes while the first one is still being handled, so its read returns later than it arrived; only the kernel knows when it did.</summary>
    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    [InlineData(ReceiveMode.Spin)]
    public async Task What_waited_for_its_reader_tells_when_it_came_and_not_when_it_was_read(ReceiveMode mode)
    {
        using TcpListener listener = Loopback.Listen();
        using var handler = new HoldingHandler();
        var options = new LineOptions
        {
            ReceiveMode = mode,
            Idle = IdleStrategy.Yield(),
            Framing = DelimitedFraming.Default,
            Transport = new SocketTransportFactory(new SocketTransportOptions { KernelTimestamps = true }),
        };
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse($"tcp://127.0.0.1:{listener.Port()}"), handler, options);
        using Socket server = await listener.AcceptSocketAsync(Deadline.Token);

        // The kernel begins to stamp some time after the first socket on the machine has asked for it.
        while (!handler.IsStamped)
        {
            int seen = handler.Seen;
            await server.SendAsync("w\n"u8.ToArray());
            await Deadline.UntilAsync(() => handler.Seen > seen, "a message");
        }

        await server.SendAsync("a\n"u8.ToArray());
        await Deadline.Within(handler.Holds);
        long before = TimeProvider.System.GetTimestamp();
        await server.SendAsync("b\n"u8.ToArray());
        long sent = TimeProvider.System.GetTimestamp();
        handler.GoOn.Set();
        (long arrived, long read) = await Deadline.Within(handler.Second);

        // The wall clock that the age is taken from counts in tenths of a microsecond, and may be slewed meanwhile.
        Assert.InRange(arrived, before - s_slack, sent + s_slack);
        Assert.True(read >= sent);
    }

    private static async Task<(long Asked, long[] Arrivals, long[] Reads)> ReceiveAsync(ReceiveMode mode, bool tls, bool kernelTimestamps, bool isAwaited = false)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Tls = tls, Symbols = 5, Rate = 5000 });
        var times = new Times(isAwaited);
        long asked = TimeProvider.System.GetTimestamp();
        var options = new LineOptions
        {
            ReceiveMode = mode,
            Idle = IdleStrategy.Yield(),
            Transport = new SocketTransportFactory(new SocketTransportOptions
            {
                KernelTimestamps = kernelTimestamps,
                Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true },
            }),
        };
        await using Line line = await Line.ConnectAsync(BinanceVenue.Spot.At(new Uri(simulator.Url, "/stream").AbsoluteUri), times, options);
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"]));
        await Deadline.Within(times.Done);
        return (asked, times.Arrivals, times.Reads);
    }

    private sealed class HoldingHandler : IMessageHandler, IDisposable
    {
        private readonly TaskCompletionSource _holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _seen;
        private readonly TaskCompletionSource<(long, long)> _second = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Holds => _holds.Task;

        public Task<(long Arrived, long Read)> Second => _second.Task;

        public ManualResetEventSlim GoOn { get; } = new();

        public bool IsStamped { get; private set; }

        public int Seen => Volatile.Read(ref _seen);

        public void OnMessage(in Message message)
        {
            if (message.Payload.SequenceEqual("a"u8))
            {
                _holds.SetResult();
                GoOn.Wait(Deadline.Token);
            }
            else if (message.Payload.SequenceEqual("w"u8))
            {
                IsStamped = message.ArrivalTimestamp != 0;
                Volatile.Write(ref _seen, _seen + 1);
            }
            else
            {
                _second.SetResult((message.ArrivalTimestamp, message.ReceiveTimestamp));
            }
        }

        public void Dispose() => GoOn.Dispose();
    }

    /// <param name="isAwaited">Whether to begin anew as long as the kernel has stamped none of them.</param>
    private sealed class Times(bool isAwaited) : ITickHandler
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task Done => _done.Task;

        public long[] Arrivals { get; } = new long[500];

        public long[] Reads { get; } = new long[500];

        public void OnTick(in Tick tick)
        {
            if (_count < Arrivals.Length)
            {
                Arrivals[_count] = tick.ArrivalTimestamp;
                Reads[_count] = tick.ReceiveTimestamp;
            }

            if (++_count != Arrivals.Length)
            {
                return;
            }

            if (isAwaited && !Array.Exists(Arrivals, static arrival => arrival != 0))
            {
                _count = 0;
                return;
            }

            _done.TrySetResult();
        }

        public void OnGap(in Gap gap)
        {
        }
    }
}
