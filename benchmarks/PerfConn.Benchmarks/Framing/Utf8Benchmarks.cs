using System;
using System.Linq;
using System.Text;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using PerfConn.Framing;

namespace PerfConn.Benchmarks.Framing;

/// <summary>The check that a text is UTF-8, against the base library's, for ASCII and for a text in which one character in eight is longer. Times are for one text.</summary>
[MemoryDiagnoser]
public class Utf8Benchmarks
{
    private byte[] _text = [];

    /// <summary>Bytes of the text, about.</summary>
    [Params(110, 1024, 16384)]
    public int Size { get; set; }

    /// <summary>Whether all of it is ASCII, as market data is.</summary>
    [Params(true, false)]
    public bool Ascii { get; set; }

    [GlobalSetup]
    public void Setup() => _text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Ascii ? "12345678" : "1234567\u20AC", Size / (Ascii ? 8 : 10))));

    [Benchmark(Baseline = true)]
    public bool Utf8IsValid() => Utf8.IsValid(_text);

    [Benchmark]
    public bool Whole() => Utf8Checker.IsValid(_text);

    /// <summary>As a fragmented message comes: cut anywhere, and what is cut off waits for the next piece.</summary>
    [Benchmark]
    public bool InPieces()
    {
        var checker = default(Utf8Checker);
        bool valid = true;
        for (int at = 0; at < _text.Length; at += 100)
        {
            valid &= checker.Append(_text.AsSpan(at, Math.Min(100, _text.Length - at)));
        }

        return valid && checker.IsComplete;
    }
}
