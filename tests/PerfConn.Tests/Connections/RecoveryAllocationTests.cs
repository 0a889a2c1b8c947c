using System;
using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>
/// What a reconnect and a rotation of a line with a thousand streams allocate once the pools are full, the venue in the test included. By the stream that is one reference, in the request
/// that waits for its reply; the rest is the connection itself and its peer.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class RecoveryAllocationTests
{
    private const int Streams = 1000;
    private const int Rounds = 20;

    private readonly QuickVenue _venue = new();

    /// <summary>31,280 B measured, 177,888 before its requests came from pools. One more list of all streams is 8 KB more, a string for each is 40.</summary>
    [Fact]
    public Task A_reconnect_allocates_little_for_each_stream() => MeasureAsync(
        36_000,
        line =>
        {
            _venue.Cut();
            return Task.CompletedTask;
        },
        static statistics => statistics.Reconnects);

    /// <summary>26,700 B measured; 189,680 before its requests came from pools.</summary>
    [Fact]
    public Task A_rotation_allocates_little_for_each_stream() => MeasureAsync(31_000, static line => line.RotateAsync(), static statistics => statistics.Rotations);

    private async Task MeasureAsync(long most, Func<Line, Task> renew, Func<LineStatistics, long> count)
    {
        var options = new LineOptions
        {
            Transport = _venue.Factory,
            Symbols = new SymbolMap(ignoreCase: true),
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero },
            Rotation = new RotationOptions { Overlap = TimeSpan.Zero },
        };
        await using Line line = await Line.ConnectAsync(BinanceVenue.Spot.At("ws://venue.test/stream"), options);
        string[] streams = [.. Enumerable.Range(0, Streams).Select(static i => $"sym{i}usdt@trade")];
        await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(streams, default(Ignoring)));

        // A thread that meets the shared pools for the first time fills them; the better quarter of the rounds tells what none can do without.
        var bytes = new long[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await renew(line);
            await Deadline.UntilAsync(() => count(line.Statistics) == round + 1 && line.Statistics.StreamsConfirmed == Streams, "all streams again");
            bytes[round] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        long usual = bytes.Order().ElementAt(Rounds / 4);
        Assert.True(usual <= most, $"{usual} B for {Streams} streams; round by round {string.Join(", ", bytes)}");
    }

    private readonly struct Ignoring : ITickHandler
    {
        public void OnTick(in Tick tick)
        {
        }

        public void OnGap(in Gap gap)
        {
        }
    }

    /// <summary>A venue that says yes to everything, and makes no string for it.</summary>
    private sealed class QuickVenue
    {
        private InMemoryTransport? _last;

        public QuickVenue() => Factory = new InMemoryTransportFactory((server, _, _) =>
        {
            _last = server;
            _ = ServeAsync(server);
            return default;
        });

        public ITransportFactory Factory { get; }

        /// <summary>Cuts the latest connection without a word.</summary>
        public void Cut() => _last!.Abort();

        private static async Task ServeAsync(InMemoryTransport transport)
        {
            try
            {
                await AnswerHandshakeAsync(transport);
                var parser = new WebSocketFrameParser<ServerRole>(FrameLimits.Default, null);
                var sink = new Sink(transport.Output);
                while (!parser.IsClosed)
                {
                    ReadResult read = await transport.Input.ReadAsync();
                    _ = parser.Parse(read.Buffer, ref sink, out SequencePosition consumed);
                    transport.Input.AdvanceTo(consumed, read.Buffer.End);
                    _ = await transport.Output.FlushAsync();
                    if (read.IsCompleted)
                    {
                        break;
                    }
                }

                await transport.Output.CompleteAsync();
            }
            catch (Exception)
            {
                // The line has gone.
            }
        }

        private static async Task AnswerHandshakeAsync(InMemoryTransport transport)
        {
            ReadResult read = await transport.Input.ReadAsync();
            string head = Encoding.ASCII.GetString(read.Buffer.ToArray());
            transport.Input.AdvanceTo(read.Buffer.End);
            int at = head.IndexOf("Sec-WebSocket-Key: ", StringComparison.Ordinal) + "Sec-WebSocket-Key: ".Length;
            string key = head[at..head.IndexOf('\r', at)];
            await transport.Output.WriteAsync(Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + ClientHandshake.AcceptFor(key) + "\r\n\r\n"));
        }

        private readonly struct Sink(PipeWriter output) : IFrameSink
        {
            public void OnMessage(ReadOnlySpan<byte> payload, bool isText)
            {
                Span<byte> reply = stackalloc byte[64];
                ReadOnlySpan<byte> start = "{\"result\":null,\"id\":"u8;
                start.CopyTo(reply);
                bool isNumber = Utf8Parser.TryParse(payload[(payload.LastIndexOf((byte)':') + 1)..], out long id, out _);
                Assert.True(isNumber && Utf8Formatter.TryFormat(id, reply[start.Length..], out _));
                int length = start.Length + reply[start.Length..].IndexOf((byte)0);
                reply[length] = (byte)'}';
                Write(1, reply[..(length + 1)]);
            }

            public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) =>
                Write(frame == ControlFrame.Ping ? (byte)ControlFrame.Pong : (byte)frame, payload);

            private void Write(byte opcode, ReadOnlySpan<byte> payload)
            {
                output.Write([(byte)(0x80 | opcode), (byte)payload.Length]);
                output.Write(payload);
            }
        }
    }
}
