using System;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Simulator;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.Simulator;

public sealed class FaultTests
{
    [Theory]
    [InlineData(false, 1000)]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    public async Task Dropping_cuts_every_line_without_a_Close(bool tls, double rate)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Tls = tls, Rate = rate });
        await using ForeignClient first = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        await using ForeignClient second = await ForeignClient.ConnectAsync(simulator, "/ws");
        await first.NextAsync();
        await Deadline.Within(simulator.DropAllAsync());
        SimulatorStatistics statistics = simulator.GetStatistics();
        Assert.Equal(0, statistics.ConnectionsOpen);
        Assert.Equal(2, statistics.Disconnects[DisconnectCause.DroppedByFault]);
        await first.ExpectCutAsync();
        await second.ExpectCutAsync();

        await using ForeignClient third = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        await third.NextAsync();
    }

    [Fact]
    public async Task Closing_says_why_and_waits_for_the_answer()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Rate = 0 });
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        Task closing = simulator.CloseAllAsync(1012, "maintenance", Deadline.Token);
        await client.ExpectCloseAsync(1012, "maintenance");
        await Deadline.Within(closing);
        Assert.Equal(1, simulator.GetStatistics().Disconnects[DisconnectCause.ClosedByFault]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => simulator.CloseAllAsync(1005));
    }

    [Fact]
    public async Task Who_does_not_answer_a_Close_is_cut()
    {
        var time = new ManualTimeProvider();
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Listen = false, TimeProvider = time, Rate = 0 });

        // The peer never reads, so that the writer is stuck in the middle of ticks and the Close cannot even be sent.
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        Task closing = simulator.CloseAllAsync(1001, "", Deadline.Token);
        time.Advance(TimeSpan.FromSeconds(5));
        await Deadline.Within(closing);
        await Deadline.Within(peer.Served);
    }

    [Fact]
    public async Task The_announcement_reaches_everyone()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { TimeProvider = new ManualTimeProvider() });
        await using ForeignClient first = await ForeignClient.ConnectAsync(simulator, "/ws");
        await using ForeignClient second = await ForeignClient.ConnectAsync(simulator, "/stream");
        await Deadline.Within(simulator.AnnounceShutdownAsync());
        Assert.Equal("{\"e\":\"serverShutdown\",\"E\":1767225600000}", await first.NextTextAsync());
        Assert.Equal("{\"e\":\"serverShutdown\",\"E\":1767225600000}", await second.NextTextAsync());
    }

    [Fact]
    public async Task A_mute_venue_still_answers()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync();
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@trade");
        await client.NextAsync();
        simulator.PauseTicks();
        await client.AskAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1}");
        long ticks = simulator.GetStatistics().TicksSent;
        Assert.Equal("{\"result\":[\"btcusdt@trade\"],\"id\":2}", await client.AskAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":2}"));
        Assert.Equal(ticks, simulator.GetStatistics().TicksSent);
        long last = simulator.GetLedger()[0].LastSequence;
        simulator.ResumeTicks();
        Assert.Equal(last + 1, (await client.NextAsync()).GetProperty("t").GetInt64());
    }

    [Fact]
    public async Task Raw_bytes_stand_between_two_frames()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Rate = 0 });
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        await client.NextAsync();

        // A reserved opcode: the client must fail the connection, and all before it must have been whole.
        Task sent = simulator.SendRawAsync(new byte[] { 0x83, 0 });
        WebSocketException e = await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (true)
            {
                await client.NextAsync();
            }
        });
        Assert.Equal(WebSocketError.Faulted, e.WebSocketErrorCode);
        await Deadline.Within(sent);
    }

    [Fact]
    public async Task An_answer_waits_for_the_batch_under_way_and_no_other()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Listen = false, Rate = 0 });

        // A pipe that is full at once holds the writer at its first batch, so that what may go before the answer can be counted.
        var full = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false);
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws/btcusdt@bookTicker", full);
        await Deadline.UntilAsync(() => simulator.GetLedger()[0].Ticks > 0, "the first batch is rendered");
        await peer.SendAsync(ControlFrame.Ping, [42]);
        await Deadline.UntilAsync(() => simulator.GetStatistics().MessagesReceived == 1, "the ping is read");
        long batch = simulator.GetLedger()[0].Ticks;

        int ticks = 0;
        while (await peer.NextAsync() is { Opcode: < 8 })
        {
            ticks++;
        }

        Assert.Equal(batch, ticks);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0x01, 0x41 }, 1002)]
    [InlineData(new byte[] { 0xC1, 0x80, 0, 0, 0, 0 }, 1002)]
    [InlineData(new byte[] { 0x81, 0x81, 0, 0, 0, 0, 0xFF }, 1007)]
    [InlineData(new byte[] { 0x81, 0xFF, 0, 0, 0, 0, 0x7F, 0, 0, 0 }, 1009)]
    public async Task A_broken_frame_is_answered_with_its_code(byte[] frame, int code)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Listen = false });
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
        await peer.WriteAsync(frame);
        byte[] close = await peer.ExpectAsync(ControlFrame.Close);
        Assert.Equal(code, (close[0] << 8) | close[1]);

        // What the peer says after its fault is not listened to, but read; then it goes.
        await peer.WriteAsync(new byte[1000]);
        await peer.DisposeAsync();
        await Deadline.Within(peer.Served);
        Assert.Equal(1, simulator.GetStatistics().Disconnects[DisconnectCause.ProtocolViolation]);
    }

    [Theory]
    [InlineData(1000, "done")]
    [InlineData(4000, "")]
    public async Task A_clients_Close_is_echoed(int code, string reason)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Rate = 0 });
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@trade");
        await client.NextAsync();
        await client.Socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, Deadline.Token);
        while (await client.NextTextAsync() is not null)
        {
        }

        Assert.Equal(code, (int?)client.Socket.CloseStatus);
        await Deadline.UntilAsync(() => simulator.GetStatistics().ConnectionsOpen == 0, "the connection ends");
        Assert.Equal(1, simulator.GetStatistics().Disconnects[DisconnectCause.ClosedByClient]);
    }

    [Fact]
    public async Task Who_asks_and_never_reads_is_closed_then_cut()
    {
        var time = new ManualTimeProvider();
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions
        {
            Listen = false,
            MaxMessagesPerSecond = 0,
            Rate = 0,
            PingInterval = Timeout.InfiniteTimeSpan,
            SessionLife = Timeout.InfiniteTimeSpan,
            TimeProvider = time,
        });
        // A pipe that is full at once: when the first ticks are rendered, the writer is stuck with them.
        var full = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false);
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws/btcusdt@bookTicker", full);
        await Deadline.UntilAsync(() => simulator.GetLedger()[0].Ticks > 0, "the first ticks are rendered");
        var payload = new byte[125];
        for (int i = 0; i < 10_000; i++)
        {
            await peer.SendAsync(ControlFrame.Ping, payload);
        }

        await Deadline.UntilAsync(() => time.Waiting == 1, "the session waits for an answer to its Close");
        time.Advance(TimeSpan.FromSeconds(5));
        await Deadline.Within(peer.Served);
        Assert.Equal(1, simulator.GetStatistics().Disconnects[DisconnectCause.NotReading]);
    }

    [Fact]
    public async Task Stopping_leaves_nothing_behind()
    {
        BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Rate = 0 });
        List<ForeignClient> clients = [];
        for (int i = 0; i < 8; i++)
        {
            clients.Add(await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker/ethusdt@trade"));
        }

        await using RawPeer raw = await RawPeer.ConnectAsync(simulator, "/ws");
        await using RawPeer silent = RawPeer.Attach(simulator);
        await Deadline.Within(simulator.DisposeAsync().AsTask());
        Assert.True(raw.Served.IsCompletedSuccessfully && silent.Served.IsCompletedSuccessfully);
        Assert.Equal(0, simulator.GetStatistics().ConnectionsOpen);
        Assert.Equal(9, simulator.GetStatistics().Disconnects[DisconnectCause.SimulatorStopped]);
        Assert.Equal(18 - 2, simulator.GetLedger().Count);
        foreach (ForeignClient client in clients)
        {
            await client.ExpectCutAsync();
            await client.DisposeAsync();
        }

        Assert.Equal(0, simulator.OutstandingBlocks);
        await simulator.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => simulator.ServeAsync(InMemoryTransport.CreatePair().Server));
    }

    [Fact]
    public async Task A_venue_comes_back_on_the_same_port()
    {
        int port;
        await using (BinanceSimulator simulator = await BinanceSimulator.StartAsync())
        {
            port = simulator.Port;
            await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
            await client.NextAsync();
            await Deadline.Within(simulator.DropAllAsync());
        }

        await using BinanceSimulator again = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Port = port });
        Assert.Equal(port, again.Port);
        await using ForeignClient next = await ForeignClient.ConnectAsync(again, "/ws/btcusdt@bookTicker");
        await next.NextAsync();
        await Assert.ThrowsAsync<SocketException>(() => BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Port = port }));
    }

    [Fact]
    public async Task Message_records_are_not_served()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Listen = false });
        await Assert.ThrowsAsync<ArgumentException>(() => simulator.ServeAsync(InMemoryTransport.CreatePair(TransportContent.Messages).Server));
    }

    [Fact]
    public async Task A_token_cuts_the_line_it_was_given_with()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Listen = false });
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        using var stop = new CancellationTokenSource();
        Task served = simulator.ServeAsync(server, stop.Token);
        await client.Output.WriteAsync(System.Text.Encoding.ASCII.GetBytes(RawPeer.Upgrade("/ws")), Deadline.Token);
        ReadResult read = await client.Input.ReadAsync(Deadline.Token);
        client.Input.AdvanceTo(read.Buffer.End);
        await stop.CancelAsync();
        await Deadline.Within(served);
        Assert.Equal(0, simulator.GetStatistics().ConnectionsOpen);
        await client.DisposeAsync();
    }
}
