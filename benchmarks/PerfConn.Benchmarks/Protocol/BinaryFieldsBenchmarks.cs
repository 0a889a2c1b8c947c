using System;
using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using PerfConn.Protocol;

namespace PerfConn.Benchmarks.Protocol;

/// <summary>Token and price of big-endian packets of eight bytes, as Kite sends them, against the base library's primitives. Times are for one packet.</summary>
[MemoryDiagnoser]
public class BinaryFieldsBenchmarks
{
    private const int Count = 1000;
    private const int Size = 8;

    private readonly byte[] _packets = new byte[Count * Size];

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_packets.AsSpan(i * Size), 408065 + (uint)i);
            BinaryPrimitives.WriteInt32BigEndian(_packets.AsSpan((i * Size) + 4), 142400 + i);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public long Primitives()
    {
        long sum = 0;
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> packet = _packets.AsSpan(i * Size, Size);
            sum += BinaryPrimitives.ReadUInt32BigEndian(packet) + BinaryPrimitives.ReadInt32BigEndian(packet[4..]);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long Fields()
    {
        long sum = 0;
        for (int i = 0; i < Count; i++)
        {
            var fields = new BinaryFields(_packets.AsSpan(i * Size, Size), ByteOrder.BigEndian);
            sum += fields.TryReadInteger(0, out uint token) && fields.TryReadFixedPoint<int>(4, -2, out FixedPoint price) ? token + price.Mantissa : 0;
        }

        return sum;
    }
}
