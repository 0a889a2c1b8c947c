using System;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Generic;
using BenchmarkDotNet.Attributes;
using PerfConn.Symbols;

namespace PerfConn.Benchmarks.Symbols;

/// <summary>
/// Symbol bytes to id over 3,000 symbols in an order that no predictor learns, against what the base library offers: a ConcurrentDictionary and a FrozenDictionary asked by span.
/// Times are for one lookup. All lookups are independent of each other; see LookupLatency for one that waits for the one before.
/// </summary>
[MemoryDiagnoser]
public class SymbolLookupBenchmarks
{
    private readonly SymbolMap _map = new();
    private readonly SymbolMap _folding = new(ignoreCase: true);
    private readonly SymbolMap _crowded = new(capacity: 16);
    private ConcurrentDictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _baseline;
    private FrozenDictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _frozen;
    private byte[] _upper = [];
    private byte[] _lower = [];
    private (int Start, int Length)[] _asked = [];

    [GlobalSetup]
    public void Setup()
    {
        byte[][] upper = SymbolUniverse.Upper();
        var dictionary = new ConcurrentDictionary<byte[], int>(new ByteComparer());
        for (int i = 0; i < upper.Length; i++)
        {
            _map.GetOrAdd(upper[i]);
            _folding.GetOrAdd(upper[i]);
            _crowded.GetOrAdd(upper[i]);
            dictionary[upper[i]] = i;
        }

        _baseline = dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        _frozen = dictionary.ToFrozenDictionary(dictionary.Comparer).GetAlternateLookup<ReadOnlySpan<byte>>();

        // The symbols stand one behind the other, as they do in a receive block.
        var text = new List<byte>();
        var asked = new List<(int, int)>();
        foreach (int i in SymbolUniverse.Order())
        {
            asked.Add((text.Count, upper[i].Length));
            text.AddRange(upper[i]);
        }

        _upper = [.. text];
        _lower = System.Text.Encoding.ASCII.GetBytes(System.Text.Encoding.ASCII.GetString(_upper).ToLowerInvariant());
        _asked = [.. asked];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = SymbolUniverse.Count)]
    public int ConcurrentDictionary()
    {
        int sum = 0;
        foreach ((int start, int length) in _asked)
        {
            _baseline.TryGetValue(_upper.AsSpan(start, length), out int id);
            sum += id;
        }

        return sum;
    }

    /// <summary>The base library's fastest, for a set that never changes.</summary>
    [Benchmark(OperationsPerInvoke = SymbolUniverse.Count)]
    public int FrozenDictionary()
    {
        int sum = 0;
        foreach ((int start, int length) in _asked)
        {
            _frozen.TryGetValue(_upper.AsSpan(start, length), out int id);
            sum += id;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = SymbolUniverse.Count)]
    public int Find() => Sum(_map, _upper);

    [Benchmark(OperationsPerInvoke = SymbolUniverse.Count)]
    public int FindIgnoringCase() => Sum(_folding, _lower);

    [Benchmark(OperationsPerInvoke = SymbolUniverse.Count)]
    public int FindAfterGrowing() => Sum(_crowded, _upper);

    [Benchmark(OperationsPerInvoke = SymbolUniverse.Count)]
    public int FindLatency()
    {
        int last = 0;
        foreach ((int start, int length) in _asked)
        {
            // Always start + 0, but the processor has to wait for the id to know it.
            last = _map.Find(_upper.AsSpan(start + (last >> 31), length)).Value;
        }

        return last;
    }

    private int Sum(SymbolMap map, byte[] text)
    {
        int sum = 0;
        foreach ((int start, int length) in _asked)
        {
            sum += map.Find(text.AsSpan(start, length)).Value;
        }

        return sum;
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());
    }
}
