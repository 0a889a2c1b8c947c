using BenchmarkDotNet.Attributes;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Benchmarks.Framing;

/// <summary>Masking a payload, against one byte after the other. Times are for one payload.</summary>
[MemoryDiagnoser]
public class MaskingBenchmarks
{
    private byte[] _payload = [];

    /// <summary>Bytes of the payload.</summary>
    [Params(110, 1024, 16384)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _payload = new byte[Size];

    [Benchmark(Baseline = true)]
    public void ByteByByte()
    {
        const uint Key = 0x12345678;
        for (int i = 0; i < _payload.Length; i++)
        {
            _payload[i] ^= (byte)(Key >> (8 * (i & 3)));
        }
    }

    [Benchmark]
    public void Apply() => Masking.Apply(_payload, 0x12345678);
}
