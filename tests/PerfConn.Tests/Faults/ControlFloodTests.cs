using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.TestKit;
using PerfConn.Tests.Connections;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Faults;

/// <summary>RELIABILITY B38, B39, D30: floods of pings and pongs, on real sockets. The rate itself is shown in <see cref="Connections.ControlRateTests"/>.</summary>
public sealed class ControlFloodTests
{
    private const int Flood = 1_000_000;
    private static readonly FrameLimits s_noCap = new() { MaxControlFramesPerSecond = null };

    private readonly BlockPool _pool = new(4096);
    private readonly Payloads _payloads = new();

    public static TheoryData<bool, ReceiveMode> Lines => LineFaultTests.Lines;

    /// <summary>RUSTSEC-2020-0043, without the cap: a client whose answers nobody takes. They wait as one; the data that comes after arrives.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_flood_of_pings_does_not_keep_data_from_arriving(bool tls, ReceiveMode mode)
    {
        await using ScriptServer server = ScriptServer.Start(tls, script: async stream =>
        {
            await FloodAsync(stream, Wire.Ping);
            await stream.WriteAsync(Wire.Frame(Wire.Text, "a tick"));
        });
        await using FaultProxy proxy = FaultProxy.Start(server.Port);
        LineOptions options = Options(mode) with { Limits = s_noCap };
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(proxy.Through(server.Url)), _payloads, options));
        proxy.ToServer = new ProxyFaults { Flow = ProxyFlow.Stall };
        await Deadline.UntilAsync(() => _payloads.All.Length == 1, "the tick behind the flood");
        Assert.Equal(Flood, line.Statistics.Pings);
        Assert.InRange(_pool.OutstandingBytes, 0, 2 * _pool.BlockSize);
    }

    /// <summary>With the cap: what comes before it is delivered and answered, then the line is closed with 1008. The clock stands still, so that a thousand is a thousand.</summary>
    [Theory]
    [InlineData(Wire.Ping, false, ReceiveMode.Async)]
    [InlineData(Wire.Ping, false, ReceiveMode.Thread)]
    [InlineData(Wire.Ping, true, ReceiveMode.Async)]
    [InlineData(Wire.Pong, false, ReceiveMode.Async)]
    public async Task A_flood_above_the_cap_ends_the_line_and_data_below_it_is_delivered(byte opcode, bool tls, ReceiveMode mode)
    {
        await using ScriptServer server = ScriptServer.Start(tls, script: async stream =>
        {
            // A thousand that the cap lets through, the last of them glued to a tick; then the flood.
            await stream.WriteAsync((byte[])[.. Thousand(opcode), .. Wire.Frame(Wire.Text, "at the cap")]);
            await FloodAsync(stream, opcode);
            await stream.WriteAsync(Wire.Frame(Wire.Text, "never"));
            Assert.Equal(1008, await ReadCloseAsync(stream));
            throw new EndOfStreamException("the server has said and heard enough");
        });
        LineOptions options = Options(mode) with { TimeProvider = new ManualTimeProvider() };
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(server.Url), _payloads, options));
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal((LineEndCause.Violation, FrameFault.TooManyControlFrames, 1008), (end.Cause, end.Fault, end.CloseCode));
        Assert.Equal(1008, Assert.IsType<ProtocolViolationException>(end.Error).CloseCode);
        Assert.Equal(["at the cap"], _payloads.All);
        Assert.Equal(opcode == Wire.Ping ? 1000 : 0, line.Statistics.Pings);
        Assert.Equal(0, _pool.Outstanding);
    }

    /// <summary>Below the cap nothing changes, for as long as it goes on.</summary>
    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task At_the_cap_a_line_lives(ReceiveMode mode)
    {
        var time = new ManualTimeProvider();
        await using ScriptServer server = ScriptServer.Start(script: async stream =>
        {
            byte[] answers = new byte[7];
            for (int i = 0; i < 5000; i++)
            {
                await stream.WriteAsync(Wire.Frame(Wire.Ping, "?"));
                await stream.ReadExactlyAsync(answers);
                Assert.Equal(0x8A, answers[0]);
                time.Advance(TimeSpan.FromMilliseconds(1));
            }

            await stream.WriteAsync((byte[])[.. Thousand(Wire.Ping), .. Wire.Frame(Wire.Text, "after"), .. Wire.CloseFrame(1000)]);
        });
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(server.Url), _payloads, Options(mode) with { TimeProvider = time }));
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal((LineEndCause.Closed, 1000), (end.Cause, end.CloseCode));
        Assert.Equal(["after"], _payloads.All);
        Assert.Equal(6000, line.Statistics.Pings);
    }

    /// <summary>Each connection has its own count.</summary>
    [Fact]
    public async Task A_reconnected_line_begins_anew()
    {
        var time = new ManualTimeProvider();
        await using ScriptServer server = ScriptServer.Start(script: async stream =>
            await stream.WriteAsync((byte[])[.. Thousand(Wire.Ping), .. Wire.Frame(Wire.Text, "tick"), .. Wire.CloseFrame(1000)]));
        LineOptions options = Options(ReceiveMode.Async) with { TimeProvider = time, Reconnect = new ReconnectOptions { MaxAttempts = 3 } };
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At(server.Url), _payloads, options));
        await Deadline.UntilAsync(
            () =>
            {
                // Only for the backoff, a quarter of a second at most: a whole one would fill the old count up again.
                time.Advance(line.State == LineState.Reconnecting ? TimeSpan.FromMilliseconds(5) : TimeSpan.Zero);
                return _payloads.All.Length >= 2;
            },
            "a tick of the second connection");
        Assert.True(line.Statistics.Pings >= 2000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public void A_cap_out_of_its_range_is_refused(int perSecond) =>
        Assert.Equal(["Limits.MaxControlFramesPerSecond"], WrongOptions.In(new LineOptions { Limits = new FrameLimits { MaxControlFramesPerSecond = perSecond } }));

    private static byte[] Thousand(byte opcode) => [.. Enumerable.Repeat(Wire.Frame(opcode, "?"), 1000).SelectMany(frame => frame)];

    private static async Task FloodAsync(Stream stream, byte opcode)
    {
        byte[] thousand = Thousand(opcode);
        for (int i = 0; i < Flood / 1000; i++)
        {
            await stream.WriteAsync(thousand);
        }
    }

    /// <summary>Reads masked frames up to a Close; gives its code.</summary>
    private static async Task<int> ReadCloseAsync(Stream stream)
    {
        byte[] frame = new byte[6 + 125];
        while (true)
        {
            await stream.ReadExactlyAsync(frame.AsMemory(0, 6));
            await stream.ReadExactlyAsync(frame.AsMemory(6, frame[1] & 0x7F));
            if (frame[0] == 0x88)
            {
                return ((frame[6] ^ frame[2]) << 8) | (frame[7] ^ frame[3]);
            }
        }
    }

    private LineOptions Options(ReceiveMode mode) => new()
    {
        ReceiveMode = mode,
        Reconnect = null,
        CloseTimeout = TimeSpan.FromMilliseconds(100),
        Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = _pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } }),
    };
}
