using System;
using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using PerfConn.Framing;
using PerfConn.Framing.Delimited;
using PerfConn.Framing.Fix;
using PerfConn.Framing.LengthPrefixed;

namespace PerfConn.Benchmarks.Framing;

/// <summary>The parsers of raw framings, against reading lines with the base library's sequence reader. Times are for one message of 120 bytes.</summary>
[MemoryDiagnoser]
public class RawFramingBenchmarks
{
    private const int Count = 1000;

    private ReadOnlySequence<byte> _lines;
    private ReadOnlySequence<byte> _prefixed;
    private ReadOnlySequence<byte> _varint;
    private ReadOnlySequence<byte> _fix;

    [GlobalSetup]
    public void Setup()
    {
        byte[] body = Encoding.ASCII.GetBytes("35=X\u000149=VENUE\u000156=ME\u000134=1234\u0001268=1\u0001279=0\u0001269=0\u000155=BTC-USD\u0001270=42000.5\u0001271=0.1\u000158=" + new string('x', 40) + "\u0001");
        _lines = Script(new DelimitedEncoder(new DelimitedFraming()), body);
        _prefixed = Script(new LengthPrefixedEncoder(new LengthPrefixedFraming()), body);
        _varint = Script(new LengthPrefixedEncoder(new LengthPrefixedFraming { Field = LengthField.Varint }), body);
        _fix = Script(new FixEncoder(new FixFraming()), body);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public long SequenceReaderLines()
    {
        var reader = new SequenceReader<byte>(_lines);
        long bytes = 0;
        while (reader.TryReadTo(out ReadOnlySpan<byte> line, (byte)'\n'))
        {
            bytes += line.Length;
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long Delimited() => Parse(new DelimitedParser(new DelimitedFraming(), FrameLimits.Default), _lines);

    [Benchmark(OperationsPerInvoke = Count)]
    public long LengthPrefixed() => Parse(new LengthPrefixedParser(new LengthPrefixedFraming(), FrameLimits.Default), _prefixed);

    [Benchmark(OperationsPerInvoke = Count)]
    public long Varint() => Parse(new LengthPrefixedParser(new LengthPrefixedFraming { Field = LengthField.Varint }, FrameLimits.Default), _varint);

    [Benchmark(OperationsPerInvoke = Count)]
    public long Fix() => Parse(new FixParser(new FixFraming(), FrameLimits.Default), _fix);

    private static long Parse<TParser>(TParser parser, in ReadOnlySequence<byte> script)
        where TParser : struct, IFrameParser
    {
        var sink = new PayloadSum();
        parser.Parse(script, ref sink, out _);
        parser.Dispose();
        return sink.Bytes;
    }

    private static ReadOnlySequence<byte> Script(IFrameEncoder encoder, byte[] body)
    {
        var output = new ArrayBufferWriter<byte>();
        for (int i = 0; i < Count; i++)
        {
            output.Advance(encoder.Encode(output.GetSpan(encoder.MaxSize(body.Length)), 2, body));
        }

        return new ReadOnlySequence<byte>(output.WrittenSpan.ToArray());
    }
}
