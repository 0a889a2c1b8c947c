using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Runtime;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Tests.Connections;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket.Compression;
using PerfConn.Transport;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Faults;

/// <summary>
/// RELIABILITY B42, D27 on a line: what a bomb costs from the byte that goes above the cap to the Close frame that says so, in CPU time and in memory. What the inflater alone
/// does with it is shown in <see cref="BombTests"/>.
/// </summary>
public sealed class DeflateBombTests(ITestOutputHelper output)
{
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>How much of what has arrived is inflated at once here: at 1000:1 an eighth of the cap, so that little of what is counted came before it.</summary>
    private const int Piece = 512;

    private const int Rounds = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bomb_is_closed_with_1009_and_costs_its_cap_and_no_more(bool isNested)
    {
        byte[] bomb = Zeros(512 * 1024 * 1024L);

        // Nested: a bomb as the payload of a message is bytes like others, delivered as they are; then one that inflates to more than the cap.
        using var deflater = new PeerDeflater();
        byte[] script = isNested
            ? [.. deflater.Message(Wire.Binary, bomb.AsSpan(0, 100_000)), .. PeerDeflater.Frames(Wire.Binary, bomb, 65_000)]
            : PeerDeflater.Frames(Wire.Binary, bomb, 65_000);
        var times = new List<Cost>();
        long allocated = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Meter meter = await ExplodeAsync(script, messagesBefore: isNested ? 1 : 0);

            // All that was allocated on the way to the fault, so the peak is no more.
            allocated = Math.Max(allocated, meter.Allocated);
            Assert.InRange(meter.Allocated, 0, Limit + (64 * 1024));
            if (meter.Cost is { } cost)
            {
                times.Add(cost);
            }
        }

        string said = times.Count == 0 ? "not measured on this system" : string.Create(
            CultureInfo.InvariantCulture,
            $"{times[0].Cpu:0.000} ms the first time, {times.Select(cost => cost.Cpu).Order().ElementAt(times.Count / 2):0.000} ms in the middle of {times.Count}; of the first the "
            + $"compiler took {times[0].Compiler:0.000} ms for {times[0].Methods} methods");
        output.WriteLine($"D27{(isNested ? " nested" : "")}: CPU from the {Piece} bytes that hit the cap to the Close frame: {said}, the bar is 5 ms; "
            + $"allocated up to the fault: {allocated:N0} bytes, the bar is {Limit + (64 * 1024):N0}");
    }

    private static async Task<Meter> ExplodeAsync(byte[] script, int messagesBefore)
    {
        var venue = new ScriptedVenue { Extensions = "permessage-deflate" };
        var meter = new Meter();
        var options = new LineOptions
        {
            Transport = venue.Factory,
            Framing = new MeteredFraming(meter),
            Limits = new FrameLimits { MaxMessageSize = Limit },
            Reconnect = null,
            CloseTimeout = TimeSpan.FromMilliseconds(100),
        };
        var payloads = new Payloads();
        await using Line line = await Deadline.Within(Line.ConnectAsync(PlainProtocol.At("ws://venue.test/"), payloads, options));
        ScriptedVenue.Connection peer = await venue.NextConnectionAsync();
        Task sending = peer.SendRawAsync(script);
        LineEnd end = await Deadline.Within(line.Completion);
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.Equal((1009, LineEndCause.Violation, FrameFault.MessageTooBig), (end.CloseCode, end.Cause, end.Fault));
        Assert.IsType<ProtocolViolationException>(end.Error);
        Assert.Equal(messagesBefore, payloads.All.Length);
        return meter;
    }

    private static byte[] Zeros(long count)
    {
        var deflated = new MemoryStream();
        using var deflate = new DeflateStream(deflated, CompressionLevel.Optimal);
        byte[] zeros = new byte[1024 * 1024];
        for (long i = 0; i < count; i += zeros.Length)
        {
            deflate.Write(zeros);
        }

        deflate.Flush();
        return deflated.ToArray()[..^4];
    }

    /// <summary>What was seen on the way.</summary>
    private sealed class Meter
    {
        private TimeSpan? _before;
        private TimeSpan _compiled;
        private long _methods;
        private int _thread;

        public long Allocated { get; set; }

        /// <summary>Null where there is no such clock, or the two ends of the stretch were seen by two threads.</summary>
        public Cost? Cost { get; private set; }

        public void BeginPiece()
        {
            _thread = Environment.CurrentManagedThreadId;
            _compiled = JitInfo.GetCompilationTime(currentThread: true);
            _methods = JitInfo.GetCompiledMethodCount(currentThread: true);
            _before = ThreadClock.Now;
        }

        public void OnClose() =>
            Cost = _thread == Environment.CurrentManagedThreadId && ThreadClock.Now - _before is { } cpu
                ? new Cost(
                    cpu.TotalMilliseconds,
                    (JitInfo.GetCompilationTime(currentThread: true) - _compiled).TotalMilliseconds,
                    JitInfo.GetCompiledMethodCount(currentThread: true) - _methods)
                : null;
    }

    /// <summary>CPU milliseconds of the stretch, and what of it went into compiling so many methods.</summary>
    private readonly record struct Cost(double Cpu, double Compiler, long Methods);

    /// <summary>WebSocket with compression, between a parser and an encoder that look at the clock.</summary>
    private sealed record MeteredFraming(Meter Meter) : MessageFraming
    {
        private readonly WebSocketFraming _inner = new() { Deflate = new DeflateOptions() };

        public override bool HasControlFrames => true;

        public override void Check(Endpoint endpoint) => _inner.Check(endpoint);

        public override async ValueTask<FramingSession> OpenAsync(FramingOpening opening, CancellationToken cancellationToken)
        {
            FramingSession session = await _inner.OpenAsync(opening, cancellationToken);
            return session.Accept<FramingSession, Wrapper>(new Wrapper(session, Meter));
        }
    }

    private readonly struct Wrapper(FramingSession session, Meter meter) : IParserVisitor<FramingSession>
    {
        public FramingSession Visit<TParser>(TParser parser)
            where TParser : struct, IFrameParser =>
            new FramingSession<MeteredParser<TParser>>(new MeteredParser<TParser>(parser, meter), new MeteredEncoder(session.Encoder, meter), hasControlFrames: true)
            {
                Inflater = session.Inflater,
            };
    }

    /// <summary>Hands on what has arrived in small pieces, and notes when it begins with each.</summary>
    private struct MeteredParser<TParser>(TParser parser, Meter meter) : IFrameParser
        where TParser : struct, IFrameParser
    {
        // Not readonly: a parser keeps its state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
        private TParser _parser = parser;
#pragma warning restore IDE0044

        public readonly bool IsClosed => _parser.IsClosed;

        public readonly bool IsMidway => _parser.IsMidway;

        public FrameFault Parse<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink, out SequencePosition consumed)
            where TSink : struct, IFrameSink, allows ref struct
        {
            consumed = buffer.Start;
            FrameFault fault = FrameFault.None;
            for (long end = Math.Min(Piece, buffer.Length); fault == FrameFault.None; end = Math.Min(end + Piece, buffer.Length))
            {
                meter.BeginPiece();
                long before = GC.GetAllocatedBytesForCurrentThread();
                fault = _parser.Parse(buffer.Slice(consumed, buffer.GetPosition(end)), ref sink, out consumed);
                meter.Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                if (end == buffer.Length)
                {
                    break;
                }
            }

            return fault;
        }

        public void Dispose() => _parser.Dispose();
    }

    private sealed class MeteredEncoder(IFrameEncoder inner, Meter meter) : IFrameEncoder, IDisposable
    {
        public int MaxSize(int payloadLength) => inner.MaxSize(payloadLength);

        public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
        {
            int size = inner.Encode(destination, opcode, payload);
            if (opcode == Wire.Close)
            {
                meter.OnClose();
            }

            return size;
        }

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }
}
