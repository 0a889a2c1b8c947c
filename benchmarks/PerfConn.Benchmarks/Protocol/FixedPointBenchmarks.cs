using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using PerfConn.Protocol;

namespace PerfConn.Benchmarks.Protocol;

/// <summary>Parsing prices and quantities as they stand in messages, against the base library's decimal and against one digit at a time. Times are for one number.</summary>
[MemoryDiagnoser]
public class FixedPointBenchmarks
{
    /// <summary>More than a branch predictor remembers.</summary>
    private const int Count = 1 << 15;

    private byte[] _text = [];
    private (int Start, int Length)[] _numbers = [];

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder();
        _numbers = new (int, int)[Count];
        ulong state = 1;
        for (int i = 0; i < Count; i++)
        {
            // One to six digits before the point; behind it eight, as Binance has them, or in one number of four fewer.
            state = (state * 6364136223846793005) + 1442695040888963407;
            string whole = ((state >> 33) % (ulong)Math.Pow(10, 1 + (state >> 20 & 255) % 6)).ToString(CultureInfo.InvariantCulture);
            int places = (state >> 60) < 12 ? 8 : 1 + (int)(state >> 50 & 3);
            string number = whole + "." + ((state >> 28) % 100_000_000).ToString("D8", CultureInfo.InvariantCulture)[..places];
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
    public long DigitByDigitInPlace()
    {
        long sum = 0;
        foreach ((int start, _) in _numbers)
        {
            sum += ParseDigitByDigit(_text.AsSpan(start), out int scale) + scale;
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

    /// <summary>The variant that was rejected.</summary>
    private static long ParseDigitByDigit(ReadOnlySpan<byte> text, out int scale)
    {
        long mantissa = 0;
        int point = -1;
        int i = 0;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)text[i] - '0';
            if (digit <= 9)
            {
                mantissa = (mantissa * 10) + digit;
            }
            else if (text[i] == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                break;
            }
        }

        scale = point < 0 ? 0 : i - point - 1;
        return i > 18 ? -1 : mantissa;
    }
}
