using System;
using System.Buffers;
using System.IO;
using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;

namespace PerfConn.Benchmarks.Framing;

/// <summary>permessage-deflate over a thousand book tickers, with the context kept from message to message and without. Times are for one message.</summary>
[MemoryDiagnoser]
public class DeflateBenchmarks
{
    private const int WindowBits = 15;

    private readonly byte[][] _messages = TickFrames.Messages();
    private readonly MemoryStream _stream = new();
    private ReadOnlySequence<byte> _frames;
    private MessageDeflater _deflater = null!;
    private MessageInflater _inflater = null!;

    /// <summary>Whether a message may point back into those before it.</summary>
    [Params(true, false)]
    public bool KeepsContext { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        using var once = new MessageDeflater(KeepsContext, WindowBits, minimumSize: 1);
        _frames = new ReadOnlySequence<byte>(TickFrames.Frames(once));
        _deflater = new MessageDeflater(KeepsContext, WindowBits, minimumSize: 1);
        _inflater = new MessageInflater(KeepsContext, WindowBits, FrameLimits.Default);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _deflater.Dispose();
        _inflater.Dispose();
    }

    [Benchmark(OperationsPerInvoke = TickFrames.Count)]
    public long Inflate()
    {
        // The frames begin with nothing behind them, so they can be inflated again and again in one context.
        var parser = new WebSocketFrameParser<ClientRole>(FrameLimits.Default, _inflater);
        var sink = new PayloadSum();
        parser.Parse(_frames, ref sink, out _);
        return sink.Bytes;
    }

    [Benchmark(OperationsPerInvoke = TickFrames.Count)]
    public long Deflate()
    {
        long sum = 0;
        foreach (byte[] message in _messages)
        {
            sum += _deflater.TryDeflate(message, out ReadOnlySpan<byte> deflated) ? deflated.Length : 0;
        }

        return sum;
    }

    /// <summary>The base library's stream: one for all messages, or one for each.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = TickFrames.Count)]
    public long DeflateStream()
    {
        long sum = 0;
        DeflateStream? stream = null;
        _stream.SetLength(0);
        foreach (byte[] message in _messages)
        {
            stream ??= new DeflateStream(_stream, CompressionLevel.Fastest, leaveOpen: true);
            stream.Write(message);
            stream.Flush();
            if (!KeepsContext)
            {
                stream.Dispose();
                stream = null;
            }

            sum += _stream.Length;
            _stream.SetLength(0);
        }

        stream?.Dispose();
        return sum;
    }
}
