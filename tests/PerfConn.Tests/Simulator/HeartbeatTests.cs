using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Simulator;
using Xunit;

namespace PerfConn.Tests.Simulator;

public sealed class HeartbeatTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly BinanceSimulatorOptions _options;

    public HeartbeatTests() => _options = new BinanceSimulatorOptions { Listen = false, TimeProvider = _time };

    [Fact]
    public async Task A_ping_comes_every_20_seconds_and_a_pong_with_its_payload_keeps_the_line()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(_options);
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
        for (int i = 0; i < 20; i++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(20));
            byte[] payload = await peer.ExpectAsync(ControlFrame.Ping);
            Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture), Encoding.ASCII.GetString(payload));
            await peer.SendAsync(ControlFrame.Pong, payload);
            int answered = i + 1;
            await Deadline.UntilAsync(() => simulator.GetStatistics().MessagesReceived == answered, "the pong arrives");
        }

        Assert.Equal(1, simulator.GetStatistics().ConnectionsOpen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_the_payload_the_line_is_closed_after_a_minute(bool sendsUnsolicitedPongs)
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(_options);
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
        for (int second = 0; second < 79; second++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            if (sendsUnsolicitedPongs)
            {
                await peer.SendAsync(ControlFrame.Pong, second % 2 == 0 ? [] : "1"u8.ToArray());
            }
        }

        for (int ping = 0; ping < 3; ping++)
        {
            await peer.ExpectAsync(ControlFrame.Ping);
        }

        Assert.Equal(1, simulator.GetStatistics().ConnectionsOpen);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        await peer.ExpectCloseAsync(1008, "Pong timeout");
        Assert.Equal(1, simulator.GetStatistics().Disconnects[DisconnectCause.PongTimeout]);
    }

    [Fact]
    public async Task A_late_pong_settles_earlier_pings_too()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(_options);
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
        await AdvanceAsync(TimeSpan.FromSeconds(20));
        await peer.ExpectAsync(ControlFrame.Ping);
        await AdvanceAsync(TimeSpan.FromSeconds(20));
        await peer.SendAsync(ControlFrame.Pong, await peer.ExpectAsync(ControlFrame.Ping));
        await Deadline.UntilAsync(() => simulator.GetStatistics().MessagesReceived == 1, "the pong arrives");
        await AdvanceAsync(TimeSpan.FromSeconds(59));
        await peer.ExpectAsync(ControlFrame.Ping);
        Assert.Equal(1, simulator.GetStatistics().ConnectionsOpen);
    }

    [Fact]
    public async Task Pings_and_pongs_count_as_messages()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(_options);
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
        for (int i = 0; i < 2; i++)
        {
            await peer.SendAsync(ControlFrame.Ping, [(byte)i]);
            Assert.Equal([(byte)i], await peer.ExpectAsync(ControlFrame.Pong));
            await peer.SendAsync(ControlFrame.Pong, []);
        }

        await peer.SendAsync("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1}");
        await peer.SendAsync(ControlFrame.Pong, []);
        await peer.ExpectCloseAsync(1008, "Too many requests");
    }

    [Fact]
    public async Task The_window_rolls()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(_options);
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
        for (int i = 0; i < 50; i++)
        {
            await peer.SendAsync(ControlFrame.Ping, [(byte)i]);
            Assert.Equal([(byte)i], await peer.ExpectAsync(ControlFrame.Pong));
            await AdvanceAsync(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(1, simulator.GetStatistics().ConnectionsOpen);
    }

    [Fact]
    public async Task A_session_ends_after_24_hours()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(_options with { PingInterval = Timeout.InfiniteTimeSpan });
        await using RawPeer peer = await RawPeer.ConnectAsync(simulator, "/ws");
        await AdvanceAsync(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        Assert.Equal(1, simulator.GetStatistics().ConnectionsOpen);
        await AdvanceAsync(TimeSpan.FromMilliseconds(1));
        await peer.ExpectCloseAsync(1001, "Session expired");
        Assert.Equal(1, simulator.GetStatistics().Disconnects[DisconnectCause.SessionExpired]);
    }

    [Fact]
    public async Task A_foreign_client_answers_by_itself()
    {
        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions
        {
            PingInterval = TimeSpan.FromMilliseconds(20),
            PongTimeout = TimeSpan.FromSeconds(10),
            MaxMessagesPerSecond = 0,
            Rate = 0,
        });
        await using ForeignClient client = await ForeignClient.ConnectAsync(simulator, "/ws/btcusdt@bookTicker");
        while (simulator.GetStatistics().MessagesReceived < 20)
        {
            await client.NextAsync();
        }

        Assert.Equal(1, simulator.GetStatistics().ConnectionsOpen);
    }

    /// <summary>Waits until the session sleeps until its next deadline before time moves on.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        await Deadline.UntilAsync(() => _time.Waiting > 0, "the session waits");
        _time.Advance(by);
    }
}
