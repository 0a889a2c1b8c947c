using System;
using System.Buffers;
using System.Collections.Generic;
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

/// <summary>Where a tick's nanoseconds go: the way from step 2 to step 6 over a block in memory, one stage more at a time.</summary>
internal static class Stages
{
    public static void Run(bool combined)
    {
        byte[] block = RenderedShape.Of(combined ? MessageShape.CombinedBook : MessageShape.Book).Wire.AsSpan(0, 64 * 1024).ToArray();
        var symbols = new SymbolMap(ignoreCase: true);
        var counters = new LineCounters();
        var pipeline = new TickPipeline<BinanceProtocol, NoHandler>(
            symbols, default, new StreamLedger(), counters, new FaultObserver(NullLogger.Instance, TimeProvider.System), new NoControl());
        pipeline.BeginRead(1, null);
        var sequence = new ReadOnlySequence<byte>(block);
        var results = new List<(string Name, double Nanoseconds)>();
        for (int round = 0; round < 4; round++)
        {
            results.Clear();
            var frames = new FrameCount();
            results.Add(("frames", Measure(sequence, ref frames, validate: false)));
            frames = default;
            results.Add(("+ UTF-8", Measure(sequence, ref frames, validate: true)));
            var meaning = new ProtocolCount();
            results.Add(("+ protocol", Measure(sequence, ref meaning, validate: true)));
            var lookup = new LookupCount(symbols);
            results.Add(("+ symbol", Measure(sequence, ref lookup, validate: true)));
            results.Add(("+ ledger, tick, handler", Measure(sequence, ref pipeline, validate: true)));
        }

        foreach ((string name, double nanoseconds) in results)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-26} {nanoseconds,6:F1} ns/msg"));
        }
    }

    private static double Measure<TSink>(in ReadOnlySequence<byte> sequence, ref TSink sink, bool validate)
        where TSink : struct, IFrameSink
    {
        var parser = new WebSocketFrameParser<ClientRole>(new FrameLimits { ValidateText = validate });
        var count = new FrameCount();
        _ = new WebSocketFrameParser<ClientRole>(FrameLimits.Default).Parse(sequence, ref count, out _);
        double best = double.MaxValue;
        for (int sample = 0; sample < 20; sample++)
        {
            long start = TimeProvider.System.GetTimestamp();
            for (int i = 0; i < 200; i++)
            {
                parser.Parse(sequence, ref sink, out SequencePosition _);
                parser = new WebSocketFrameParser<ClientRole>(new FrameLimits { ValidateText = validate });
            }

            best = Math.Min(best, TimeProvider.System.GetElapsedTime(start).TotalNanoseconds / (200.0 * count.Messages));
        }

        return best;
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
            SymbolId id = symbols.Find(symbol);
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
