using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using PerfConn.Protocol;

namespace PerfConn.Benchmarks.Protocol;

/// <summary>Times as venues write them, against the base library. Times are for one of them.</summary>
[MemoryDiagnoser]
public class TimestampBenchmarks
{
    private const int Count = 1024;

    private readonly byte[][] _rfc = new byte[Count][];
    private readonly byte[][] _fix = new byte[Count][];
    private readonly byte[][] _milliseconds = new byte[Count][];
    private readonly byte[][] _seconds = new byte[Count][];
    private readonly string[] _strings = new string[Count];

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Count; i++)
        {
            DateTime time = DateTime.UnixEpoch.AddTicks(16_725_157_821_360_000 + (i * 98_765_432_101L));
            string milliseconds = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond + string.Empty;
            _strings[i] = time.ToString("O", CultureInfo.InvariantCulture);
            _rfc[i] = Encoding.ASCII.GetBytes(_strings[i]);
            _fix[i] = Encoding.ASCII.GetBytes(time.ToString("yyyyMMdd-HH:mm:ss.fff", CultureInfo.InvariantCulture));
            _milliseconds[i] = Encoding.ASCII.GetBytes(milliseconds);
            _seconds[i] = Encoding.ASCII.GetBytes(milliseconds[..^3] + "." + milliseconds[^3..]);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public long Utf8ParserDateTimeOffset()
    {
        long sum = 0;
        foreach (byte[] text in _rfc)
        {
            sum += Utf8Parser.TryParse(text, out DateTimeOffset time, out _, 'O') ? time.Ticks : 0;
        }

        return sum;
    }

    /// <summary>By way of a string that is there already; most code has to make it first.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long DateTimeOffsetParse()
    {
        long sum = 0;
        foreach (string text in _strings)
        {
            sum += DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out DateTimeOffset time) ? time.Ticks : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long Rfc3339()
    {
        long sum = 0;
        foreach (byte[] text in _rfc)
        {
            sum += UnixTime.TryParseRfc3339(text, out UnixTime time) ? time.Nanoseconds : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long Fix()
    {
        long sum = 0;
        foreach (byte[] text in _fix)
        {
            sum += UnixTime.TryParseFix(text, out UnixTime time) ? time.Nanoseconds : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long UnixMilliseconds() => Sum(_milliseconds, UnixTimeUnit.Milliseconds);

    [Benchmark(OperationsPerInvoke = Count)]
    public long UnixSecondsWithDecimals() => Sum(_seconds, UnixTimeUnit.Seconds);

    private static long Sum(byte[][] texts, UnixTimeUnit unit)
    {
        long sum = 0;
        foreach (byte[] text in texts)
        {
            sum += UnixTime.TryParse(text, unit, out UnixTime time) ? time.Nanoseconds : 0;
        }

        return sum;
    }
}
