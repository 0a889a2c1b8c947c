using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Lab.Contestants;
using PerfConn.Lab.Server;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab;

/// <summary>
/// Where a tick's nanoseconds go: the way from step 2 to step 6, one stage more at a time. As on a line, each read's bytes are first copied into the one block that is
/// parsed, and all symbols take part: in place, over the few hundred symbols of one block, everything would stand in the first-level cache and look twice as fast.
/// </summary>
internal static class Stages
{
    private const int ReadSize = 64 * 1024;

    /// <summary>What was measured last of all.</summary>
    public const string WholeWay = "+ sequence numbers: all";

    public static void Run(string shape)
    {
        foreach ((string name, double nanoseconds) in Measure(shape))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-26} {nanoseconds,6:F1} ns/msg"));
        }
    }

    /// <summary>Nanoseconds a message, each stage with all before it: the best of 20 samples of the last of 4 rounds.</summary>
    public static IReadOnlyList<(string Name, double Nanoseconds)> Measure(string shape)
    {
        byte[] wire = RenderedShape.Of(MessageShape.Find(shape)).Wire;
        var reads = new Reads(wire);
        var symbols = new SymbolMap(ignoreCase: true);
        var counters = new LineCounters();
        var pipeline = new TickPipeline<BinanceProtocol, NoHandler>(
            symbols, default, new StreamLedger(), counters, new FaultObserver(NullLogger.Instance, TimeProvider.System), new NoControl());
        pipeline.BeginRead(1, null);
        var sequenced = new TickPipeline<BinanceProtocol, NoHandler>(
            symbols, default, StreamLedger.For<BinanceProtocol>(), counters, new FaultObserver(NullLogger.Instance, TimeProvider.System), new NoControl());
        sequenced.BeginRead(1, null);
        var results = new List<(string Name, double Nanoseconds)>();
        for (int round = 0; round < 4; round++)
        {
            results.Clear();
            results.Add(("copy", MeasureCopy(reads)));
            var frames = new FrameCount();
            results.Add(("+ frames", Measure(reads, ref frames, validate: false)));
            frames = default;
            results.Add(("+ UTF-8", Measure(reads, ref frames, validate: true)));
            var meaning = new ProtocolCount();
            results.Add(("+ protocol", Measure(reads, ref meaning, validate: true)));
            var lookup = new LookupCount(symbols);
            results.Add(("+ symbol", Measure(reads, ref lookup, validate: true)));
            results.Add(("+ ledger, tick, handler", Measure(reads, ref pipeline, validate: true)));
            results.Add((WholeWay, Measure(reads, ref sequenced, validate: true)));
        }

        Debug.Assert(counters.Duplicates == 0, "every tick is a new one");
        return results;
    }

    private static double Measure<TSink>(Reads reads, ref TSink sink, bool validate)
        where TSink : struct, IFrameSink
    {
        var limits = new FrameLimits { ValidateText = validate };
        var parser = new WebSocketFrameParser<ClientRole>(limits);
        double best = double.MaxValue;
        for (int sample = 0; sample < 20; sample++)
        {
            double sum = 0;
            for (int i = 0; i < 10; i++)
            {
                reads.Renumber();
                long start = TimeProvider.System.GetTimestamp();
                for (int read = 0; read < reads.Count; read++)
                {
                    parser.Parse(reads.Take(read), ref sink, out SequencePosition _);
                }

                sum += TimeProvider.System.GetElapsedTime(start).TotalNanoseconds;
            }

            best = Math.Min(best, sum / (10.0 * reads.Messages));
        }

        return best;
    }

    private static double MeasureCopy(Reads reads)
    {
        double best = double.MaxValue;
        for (int sample = 0; sample < 20; sample++)
        {
            long start = TimeProvider.System.GetTimestamp();
            for (int i = 0; i < 10; i++)
            {
                for (int read = 0; read < reads.Count; read++)
                {
                    reads.Take(read);
                }
            }

            best = Math.Min(best, TimeProvider.System.GetElapsedTime(start).TotalNanoseconds / (10.0 * reads.Messages));
        }

        return best;
    }

    /// <summary>A stream of frames as a socket gives it, cut between two frames for simplicity.</summary>
    private sealed class Reads
    {
        private readonly byte[] _wire;
        private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(ReadSize, pinned: true);
        private readonly List<Range> _cuts = [];
        private readonly List<(int Start, int Length)> _numbers = [];

        public Reads(byte[] wire)
        {
            _wire = wire;
            var count = new FrameCount();
            int start = 0;
            while (start < wire.Length)
            {
                var sequence = new ReadOnlySequence<byte>(wire, start, Math.Min(ReadSize, wire.Length - start));
                new WebSocketFrameParser<ClientRole>(FrameLimits.Default).Parse(sequence, ref count, out SequencePosition consumed);
                int end = start + (int)sequence.Slice(0, consumed).Length;
                _cuts.Add(start..end);
                start = end;
            }

            Messages = count.Messages;
            FindNumbers();
        }

        public int Count => _cuts.Count;

        public long Messages { get; }

        /// <summary>Raises every update id by the size of the corpus, so that no tick comes twice. Not timed.</summary>
        public void Renumber()
        {
            foreach ((int start, int length) in _numbers)
            {
                Span<byte> digits = _wire.AsSpan(start, length);
                long number = long.Parse(digits, CultureInfo.InvariantCulture) + (4 * Messages);
                number.TryFormat(digits, out _, provider: CultureInfo.InvariantCulture);
            }
        }

        private void FindNumbers()
        {
            foreach (byte[] key in (ReadOnlySpan<byte[]>)["\"u\":"u8.ToArray(), "\"U\":"u8.ToArray()])
            {
                int at = 0;
                while (_wire.AsSpan(at).IndexOf(key) is var found and >= 0)
                {
                    int start = at + found + key.Length;
                    int length = _wire.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
                    _numbers.Add((start, length));
                    at = start + length;
                }
            }
        }

        public ReadOnlySequence<byte> Take(int read)
        {
            ReadOnlySpan<byte> bytes = _wire.AsSpan(_cuts[read]);
            bytes.CopyTo(_block);
            return new ReadOnlySequence<byte>(_block, 0, bytes.Length);
        }
    }

    private struct FrameCount : IFrameSink
    {
        public long Messages;

        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => Messages++;

        public readonly void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }
    }

    private struct ProtocolCount() : IFrameSink, IProtocolSink
    {
        private BinanceProtocol _protocol = default;
        private long _ticks;

        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => _protocol.Read(payload, ref this);

        public readonly void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }

        public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload) => _ticks += symbol.Length;

        public readonly void OnAccepted(long requestId, ReadOnlySpan<byte> result)
        {
        }

        public readonly void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
        {
        }

        public readonly void OnShutdownNotice()
        {
        }

        public readonly void OnOther(ReadOnlySpan<byte> message)
        {
        }
    }

    private struct LookupCount(SymbolMap symbols) : IFrameSink, IProtocolSink
    {
        private BinanceProtocol _protocol = default;
        private long _sum;

        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => _protocol.Read(payload, ref this);

        public readonly void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }

        public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload)
        {
            SymbolId id = symbols.Find(symbol, payload);
            _sum += id.IsValid ? id.Value : symbols.GetOrAdd(symbol).Value;
        }

        public readonly void OnAccepted(long requestId, ReadOnlySpan<byte> result)
        {
        }

        public readonly void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
        {
        }

        public readonly void OnShutdownNotice()
        {
        }

        public readonly void OnOther(ReadOnlySpan<byte> message)
        {
        }
    }
}
