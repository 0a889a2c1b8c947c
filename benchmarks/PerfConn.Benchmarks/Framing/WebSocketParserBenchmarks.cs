using System;
using System.Buffers;
using BenchmarkDotNet.Attributes;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Benchmarks.Framing;

/// <summary>The frame parser over a thousand book tickers that came in one read, and cut into blocks so that frames straddle them. Times are for one frame.</summary>
[MemoryDiagnoser]
public class WebSocketParserBenchmarks
{
    private const int BlockSize = 1000;

    private readonly FrameLimits _unchecked = new() { ValidateText = false };
    private ReadOnlySequence<byte> _whole;
    private ReadOnlySequence<byte> _cut;

    [GlobalSetup]
    public void Setup()
    {
        byte[] frames = TickFrames.Frames(deflater: null);
        _whole = new ReadOnlySequence<byte>(frames);
        var first = new Block(frames, 0);
        Block last = first;
        for (int at = BlockSize; at < frames.Length; at += BlockSize)
        {
            last = last.Append(frames, at);
        }

        _cut = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = TickFrames.Count)]
    public long FramesOnly() => Parse(_whole, _unchecked);

    [Benchmark(OperationsPerInvoke = TickFrames.Count)]
    public long TextValidated() => Parse(_whole, FrameLimits.Default);

    [Benchmark(OperationsPerInvoke = TickFrames.Count)]
    public long TextValidatedCut() => Parse(_cut, FrameLimits.Default);

    private static long Parse(in ReadOnlySequence<byte> frames, FrameLimits limits)
    {
        var parser = new WebSocketFrameParser<ClientRole>(limits);
        var sink = new PayloadSum();
        parser.Parse(frames, ref sink, out _);
        return sink.Bytes;
    }

    private sealed class Block : ReadOnlySequenceSegment<byte>
    {
        public Block(byte[] frames, int at)
        {
            Memory = frames.AsMemory(at, Math.Min(BlockSize, frames.Length - at));
            RunningIndex = at;
        }

        public Block Append(byte[] frames, int at)
        {
            var next = new Block(frames, at);
            Next = next;
            return next;
        }
    }
}
