using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
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

/// <summary>All receive modes on real sockets against the simulator, plain and TLS: same ticks, same order, the promised thread, a clean end.</summary>
public sealed class ReceiveModeTests
{
    public static TheoryData<ReceiveMode, bool> Modes => new()
    {
        { ReceiveMode.Async, false },
        { ReceiveMode.Async, true },
        { ReceiveMode.Thread, false },
        { ReceiveMode.Thread, true },
        { ReceiveMode.Spin, false },
        { ReceiveMode.Spin, true },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Trades_arrive_whole_and_in_order_on_the_promised_thread(ReceiveMode mode, bool tls)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Tls = tls, Rate = 0, Symbols = 50 });
        var pool = new BlockPool();
        var ids = new TradeIds(20_000);
        await using (Line line = await Line.ConnectAsync(VenueOf(simulator), ids, OptionsFor(mode, pool)))
        {
            await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"]));
            await Deadline.Within(ids.Done);
        }

        Assert.Equal(0, ids.OutOfOrder);
        Assert.Equal(mode == ReceiveMode.Async ? null : "perfconn binance-spot", mode == ReceiveMode.Async ? null : ids.ThreadName);
        Assert.Equal(mode == ReceiveMode.Async, ids.IsPoolThread);
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_dropped_line_comes_back(ReceiveMode mode, bool tls)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Tls = tls, Rate = 5000, Symbols = 50 });
        var ids = new TradeIds(int.MaxValue);
        await using Line line = await Line.ConnectAsync(VenueOf(simulator), ids, OptionsFor(mode, new BlockPool()));
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"]));
        await Deadline.UntilAsync(() => ids.Ticks > 10, "ticks");
        await simulator.DropAllAsync();
        await Deadline.UntilAsync(() => ids.Gaps == 1, "the gap marker that comes with the first tick after the reconnect");
        Assert.Equal(1, line.Statistics.Reconnects);
        Assert.Equal(0, ids.OutOfOrder);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_server_that_never_answers_runs_into_the_deadline_and_nothing_stays_open(ReceiveMode mode, bool tls)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Venue<BinanceProtocol> venue = BinanceVenue.Spot.At($"{(tls ? "wss" : "ws")}://127.0.0.1:{port}/");
        LineOptions options = OptionsFor(mode, new BlockPool()) with { ConnectTimeout = TimeSpan.FromSeconds(2) };

        ConnectTimeoutException late = await Assert.ThrowsAsync<ConnectTimeoutException>(() => Deadline.Within(Line.ConnectAsync(venue, options)));
        Assert.Equal(tls ? ConnectStage.Tls : ConnectStage.OpeningHandshake, late.Stage);

        using Socket accepted = await listener.AcceptSocketAsync(Deadline.Token);
        byte[] buffer = new byte[4096];
        while (await ReceiveAsync(accepted, buffer) > 0)
        {
            // Whatever the client had said before it gave up; what counts is that its side ends.
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_refused_connection_is_a_network_error(ReceiveMode mode, bool tls)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Venue<BinanceProtocol> venue = BinanceVenue.Spot.At($"{(tls ? "wss" : "ws")}://127.0.0.1:{port}/");
        NetworkException refused = await Assert.ThrowsAsync<ConnectException>(
            () => Deadline.Within(Line.ConnectAsync(venue, OptionsFor(mode, new BlockPool()))));
        Assert.Contains("refused", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    [InlineData(ReceiveMode.Spin)]
    public async Task A_certificate_from_nobody_is_refused(ReceiveMode mode)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Tls = true, Symbols = 5 });
        LineOptions trusting = OptionsFor(mode, new BlockPool());
        await Assert.ThrowsAsync<TlsException>(
            () => Deadline.Within(Line.ConnectAsync(VenueOf(simulator), trusting with { Transport = new SocketTransportFactory() })));
    }

    public static TheoryData<ReceiveMode, IdleStrategy> OwnThreads => new()
    {
        { ReceiveMode.Thread, IdleStrategy.Busy },
        { ReceiveMode.Spin, IdleStrategy.Busy },
        { ReceiveMode.Spin, IdleStrategy.Yield(after: 10) },
        { ReceiveMode.Spin, IdleStrategy.Park(TimeSpan.Zero) },
    };

    [Theory]
    [MemberData(nameof(OwnThreads))]
    public async Task An_idle_line_on_a_thread_of_its_own_closes_at_once(ReceiveMode mode, IdleStrategy idle)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Symbols = 5 });
        Line line = await Line.ConnectAsync(VenueOf(simulator), OptionsFor(mode, new BlockPool()) with { Idle = idle });
        await Deadline.Within(line.DisposeAsync().AsTask());
        Assert.Equal(1000, (await line.Completion).CloseCode);
    }

    [Fact]
    public async Task Cancelling_the_connect_is_told_as_a_cancellation()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancel = new CancellationTokenSource();
        Venue<BinanceProtocol> venue = BinanceVenue.Spot.At($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        Task<Line> connecting = Line.ConnectAsync(venue, OptionsFor(ReceiveMode.Thread, new BlockPool()), cancel.Token);
        using Socket accepted = await listener.AcceptSocketAsync(Deadline.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(connecting));
    }

    private static Venue<BinanceProtocol> VenueOf(BinanceSimulator simulator) =>
        BinanceVenue.Spot.At(new Uri(simulator.Url, "/stream").AbsoluteUri);

    private static LineOptions OptionsFor(ReceiveMode mode, BlockPool pool) => new()
    {
        ReceiveMode = mode,
        Idle = IdleStrategy.Yield(),
        Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } }),
        Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) },
    };

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, Deadline.Token);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>Follows the contiguous ids of one trade stream.</summary>
    private sealed class TradeIds(int enough) : ITickHandler
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _last;
        private bool _gap;
        private int _ticks;
        private int _gaps;

        public Task Done => _done.Task;

        public int Ticks => Volatile.Read(ref _ticks);

        public int Gaps => Volatile.Read(ref _gaps);

        public int OutOfOrder { get; private set; }

        public string? ThreadName { get; private set; }

        public bool IsPoolThread { get; private set; }

        public void OnTick(in Tick tick)
        {
            if (!Trade.TryRead(in tick, out Trade trade))
            {
                OutOfOrder++;
                return;
            }

            OutOfOrder += _last == 0 || trade.TradeId == _last + 1 || (_gap && trade.TradeId > _last) ? 0 : 1;
            _last = trade.TradeId;
            _gap = false;
            ThreadName = Thread.CurrentThread.Name;
            IsPoolThread = Thread.CurrentThread.IsThreadPoolThread;
            Volatile.Write(ref _ticks, _ticks + 1);
            if (_ticks == enough)
            {
                _done.TrySetResult();
            }
        }

        public void OnGap(in Gap gap)
        {
            _gap = true;
            Volatile.Write(ref _gaps, _gaps + 1);
        }
    }
}
