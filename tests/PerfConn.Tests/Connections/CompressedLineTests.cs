using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket.Compression;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A line with permessage-deflate, from its options to its ticks and its end.</summary>
public sealed class CompressedLineTests
{
    private readonly ScriptedVenue _venue = new() { Extensions = "permessage-deflate" };
    private readonly SymbolMap _symbols = new(ignoreCase: true);

    private static Venue<BinanceProtocol> Address => BinanceVenue.Spot.At("ws://venue.test/stream");

    private LineOptions Options => new()
    {
        Transport = _venue.Factory,
        Symbols = _symbols,
        Framing = new WebSocketFraming { Deflate = new DeflateOptions() },
        Limits = new FrameLimits { MaxMessageSize = 100_000 },
        Reconnect = null,
    };

    [Fact]
    public async Task Compressed_ticks_reach_their_subscriber_and_a_lease_on_them_holds()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        var btc = new RecordingHandler(_symbols);
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], btc));
        using var peer = new PeerDeflater();

        for (int i = 0; i < 3; i++)
        {
            await venue.SendRawAsync(peer.Message(Wire.Text, Trade(i), frameSize: i * 30));
        }

        await venue.TickAsync("BTCUSDT", 3);
        await Deadline.UntilAsync(() => btc.Events.Length == 4, "four ticks");
        Assert.All(btc.Events.Select((tick, i) => (tick, i)), e => Assert.Contains($"\"t\":{e.i},", e.tick, StringComparison.Ordinal));
        Assert.Equal(0, venue.Inflated);
    }

    [Fact]
    public async Task Requests_are_compressed_only_when_asked_for()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Framing = new WebSocketFraming { Deflate = new DeflateOptions { CompressSent = true, MinimumSize = 20 } } });
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], new RecordingHandler(_symbols)));

        Assert.Contains("btcusdt@trade", await venue.NextMessageAsync(), StringComparison.Ordinal);
        Assert.True(venue.Inflated > 0);
    }

    [Fact]
    public async Task A_bomb_ends_the_line_with_1009()
    {
        await using Line line = await Line.ConnectAsync(Address, Options with { Reconnect = new ReconnectOptions() });
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        using var peer = new PeerDeflater();
        await venue.SendRawAsync(peer.Message(Wire.Text, new byte[10_000_000]));

        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal(1009, end.CloseCode);
        Assert.Equal(1009, Assert.IsType<ProtocolViolationException>(end.Error).CloseCode);
        await AssertClosedWithAsync(venue, 1009);
    }

    [Fact]
    public async Task What_is_not_deflate_data_ends_the_line_with_1007()
    {
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.SendRawAsync(PeerDeflater.Frames(Wire.Text, [0x07]));

        Assert.Equal(1007, (await Deadline.Within(line.Completion)).CloseCode);
        await AssertClosedWithAsync(venue, 1007);
    }

    [Fact]
    public async Task A_server_may_decline_and_then_must_not_compress()
    {
        _venue.Extensions = null;
        await using Line line = await Line.ConnectAsync(Address, Options);
        ScriptedVenue.Connection venue = await _venue.NextConnectionAsync();
        await venue.TickAsync("BTCUSDT", 1);
        await Deadline.UntilAsync(() => line.Statistics.Ticks == 1, "a plain tick");
        using var peer = new PeerDeflater();
        await venue.SendRawAsync(peer.Message(Wire.Text, Trade(2)));

        Assert.Equal(1002, (await Deadline.Within(line.Completion)).CloseCode);
    }

    [Fact]
    public async Task Terms_beyond_the_offer_fail_the_connect()
    {
        _venue.Extensions = "permessage-deflate; server_max_window_bits=16";

        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => Line.ConnectAsync(Address, Options));
        Assert.Contains("server_max_window_bits", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Trade(int id) => Encoding.UTF8.GetBytes(
        $$$"""{"stream":"btcusdt@trade","data":{"e":"trade","E":1672515782136,"s":"BTCUSDT","t":{{{id}}},"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}}""");

    private static async Task AssertClosedWithAsync(ScriptedVenue.Connection venue, int code)
    {
        (ControlFrame frame, byte[] payload) = await venue.NextControlAsync();
        Assert.Equal(ControlFrame.Close, frame);
        Assert.Equal(code, BinaryPrimitives.ReadUInt16BigEndian(payload));
    }
}
