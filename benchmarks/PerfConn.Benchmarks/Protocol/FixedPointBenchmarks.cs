using System;
using System.Buffers.Text;
using System.Text;
using BenchmarkDotNet.Attributes;
using PerfConn.Protocol;

namespace PerfConn.Benchmarks.Protocol;

/// <summary>Parsing prices and quantities as they stand in messages, against the base library's decimal and against one digit at a time. Times are for one number.</summary>
[MemoryDiagnoser]
public class FixedPointBenchmarks
{
    private const int Count = 1024;

    private byte[] _text = [];
    private (int Start, int Length)[] _numbers = [];

    [GlobalSetup]
    public void Setup()
    {
        string[] samples = ["25.35190000", "31.21000000", "105944.20", "0.00001234", "40.66", "1", "6425.1", "99999.99999999"];
        var text = new StringBuilder();
        _numbers = new (int, int)[Count];
        uint state = 1;
        for (int i = 0; i < Count; i++)
        {
            state = (state * 1664525) + 1013904223;
            string number = samples[(int)(state >> 29)];
            _numbers[i] = (text.Length + 1, number.Length);
            text.Append('"').Append(number).Append('"');
        }

        _text = Encoding.ASCII.GetBytes(text.ToString());
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public decimal Utf8ParserDecimal()
    {
        decimal last = 0;
        foreach ((int start, int length) in _numbers)
        {
            last = Utf8Parser.TryParse(_text.AsSpan(start, length), out decimal value, out _) ? value : last;
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public double Utf8ParserDouble()
    {
        double sum = 0;
        foreach ((int start, int length) in _numbers)
        {
            sum += Utf8Parser.TryParse(_text.AsSpan(start, length), out double value, out _) ? value : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long DigitByDigit()
    {
        long sum = 0;
        foreach ((int start, int length) in _numbers)
        {
            sum += ParseDigitByDigit(_text.AsSpan(start, length), out int scale) + scale;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long FixedPointWhole()
    {
        long sum = 0;
        foreach ((int start, int length) in _numbers)
        {
            sum += FixedPoint.TryParse(_text.AsSpan(start, length), out FixedPoint value) ? value.Mantissa + value.Scale : 0;
        }

        return sum;
    }

    /// <summary>As the typed views do: the number ends at its quote, and the message goes on behind it.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long FixedPointInPlace()
    {
        long sum = 0;
        foreach ((int start, _) in _numbers)
        {
            sum += FixedPoint.TryParse(_text.AsSpan(start), out FixedPoint value, out _) ? value.Mantissa + value.Scale : 0;
        }

        return sum;
    }

    /// <summary>The variant that was rejected: no overflow test, no exponent, and still slower.</summary>
    private static long ParseDigitByDigit(ReadOnlySpan<byte> text, out int scale)
    {
        long mantissa = 0;
        int point = -1;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                point = i;
                continue;
            }

            mantissa = (mantissa * 10) + (text[i] - '0');
        }

        scale = point < 0 ? 0 : text.Length - point - 1;
        return mantissa;
    }
}
