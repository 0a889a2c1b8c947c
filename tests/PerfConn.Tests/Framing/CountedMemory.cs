using System;
using System.Buffers;

namespace PerfConn.Tests.Framing;

/// <summary>Memory that counts how often it is looked at: work, where a clock would measure the machine.</summary>
internal sealed class CountedMemory(byte[] bytes) : MemoryManager<byte>
{
    public int Looks { get; private set; }

    public override Span<byte> GetSpan()
    {
        Looks++;
        return bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
