using System;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.TestKit;
using PerfConn.Tests.Transport;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Venues.Binance;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Connections;

/// <summary>RELIABILITY B01, D19: a peer that is gone without a word is noticed, and one that is only quiet is left in peace.</summary>
public sealed class LineHeartbeatTests(ITestOutputHelper output)
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedVenue _venue = new();

    [Fact]
    public async Task A_silent_peer_is_pinged_and_then_given_up()
    {
        await using Line line = await ConnectAsync();
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(ControlFrame.Ping, (await peer.NextControlAsync()).Frame);
        _time.Advance(TimeSpan.FromSeconds(19.999));
        Assert.Equal(LineState.Live, line.State);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal(1006, end.CloseCode);
        Assert.Equal(TimeSpan.FromSeconds(40), Assert.IsType<HeartbeatTimeoutException>(end.Error).Silence);
    }

    [Fact]
    public async Task A_quiet_market_whose_venue_answers_pings_is_healthy_for_a_day()
    {
        await using Line line = await ConnectAsync();
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        for (int i = 0; i < 24 * 180; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            (ControlFrame frame, byte[] payload) = await peer.NextControlAsync();
            Assert.Equal(ControlFrame.Ping, frame);

            // The pong counts from when it is read: later than the ping, and the clock stands still until what follows it is seen.
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await peer.SendAsync((byte)ControlFrame.Pong, payload);
            await peer.SendAsync("{}");
            await Deadline.UntilAsync(() => line.Statistics.Frames == i + 1, "what follows the pong");
        }

        Assert.Equal(LineState.Live, line.State);
    }

    [Fact]
    public async Task An_application_ping_goes_out_as_the_venue_writes_it_and_its_answer_is_proof_of_life()
    {
        await using Line line = await ConnectAsync(new HeartbeatOptions { Style = HeartbeatStyle.ApplicationPing, Message = """{"method":"PING","id":0}"""u8.ToArray() });
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        _venue.AcknowledgesByItself = false;
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            Assert.Equal("""{"method":"PING","id":0}""", await peer.NextMessageAsync());
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await peer.SendAsync("pong");
            await Deadline.UntilAsync(() => line.Statistics.Frames == i + 1, "the answer to be read");
        }

        Assert.Equal(LineState.Live, line.State);
        _time.Advance(TimeSpan.FromSeconds(20));
        await peer.NextMessageAsync();
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<HeartbeatTimeoutException>((await Deadline.Within(line.Completion)).Error);
    }

    [Fact]
    public async Task A_venue_that_owes_a_heartbeat_and_is_silent_is_given_up()
    {
        await using Line line = await ConnectAsync(new HeartbeatOptions { Style = HeartbeatStyle.ExpectHeartbeat, Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) });
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.5));
            await peer.SendAsync("""{"channel":"heartbeat"}""");
            await Deadline.UntilAsync(() => line.Statistics.Frames == i + 1, "the heartbeat to be read");
        }

        Assert.Equal(LineState.Live, line.State);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), Assert.IsType<HeartbeatTimeoutException>((await Deadline.Within(line.Completion)).Error).Silence);
    }

    [Fact]
    public async Task Without_a_heartbeat_nobody_pings()
    {
        await using Line line = await ConnectAsync(heartbeat: null);
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();
        _time.Advance(TimeSpan.FromDays(1));
        await peer.SendAsync("{}");
        await Deadline.UntilAsync(() => line.Statistics.Frames == 1, "a message");
        Assert.Equal(LineState.Live, line.State);
    }

    [Theory]
    [InlineData(ReceiveMode.Async, false)]
    [InlineData(ReceiveMode.Async, true)]
    [InlineData(ReceiveMode.Thread, false)]
    [InlineData(ReceiveMode.Thread, true)]
    public async Task A_black_hole_on_a_real_network_is_noticed(ReceiveMode mode, bool tls)
    {
        var heartbeat = new HeartbeatOptions { Interval = TimeSpan.FromMilliseconds(300), Timeout = TimeSpan.FromMilliseconds(200) };
        await using AspNetServer server = await AspNetServer.StartAsync(AspNetServer.EchoAsync, tls);
        await using FaultProxy proxy = FaultProxy.Start(new Uri(server.Url).Port);
        await using Line line = await Deadline.Within(Line.ConnectAsync(BinanceVenue.Spot.At(proxy.Through(server.Url)), new LineOptions
        {
            ReceiveMode = mode,
            Heartbeat = heartbeat,
            Reconnect = null,
            Transport = new SocketTransportFactory(new SocketTransportOptions { Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } }),
        }));

        // While the way is open pongs keep the line alive for longer than its patience. A ping takes 14 bytes.
        long handshake = proxy.Statistics.BytesToServer;
        await Deadline.UntilAsync(() => proxy.Statistics.BytesToServer >= handshake + (3 * 14), "three pings");
        Assert.Equal(LineState.Live, line.State);
        proxy.BlackHole();
        long since = Stopwatch.GetTimestamp();
        LineEnd end = await Deadline.Within(line.Completion);
        double milliseconds = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"B01 {mode}{(tls ? " TLS" : "")}: noticed after {milliseconds:F0} ms, the bar is 500 + 250"));
        Assert.IsType<HeartbeatTimeoutException>(end.Error);
        Assert.Equal(1006, end.CloseCode);
    }

    private Task<Line> ConnectAsync() => ConnectAsync(new HeartbeatOptions());

    private async Task<Line> ConnectAsync(HeartbeatOptions? heartbeat) => await Deadline.Within(Line.ConnectAsync(
        BinanceVenue.Spot.At("ws://venue.test/stream") with { Limits = new VenueLimits() },
        new LineOptions { Transport = _venue.Factory, TimeProvider = _time, Heartbeat = heartbeat, Reconnect = null }));
}
