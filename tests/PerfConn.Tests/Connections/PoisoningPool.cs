using System;
using System.Buffers;
using System.Threading;

namespace PerfConn.Tests.Connections;

/// <summary>A pool whose memory is overwritten when it comes back, so that whoever still reads it sees that it is no longer his.</summary>
internal sealed class PoisoningPool : MemoryPool<byte>
{
    private int _outstanding;

    public override int MaxBufferSize => 1 << 20;

    /// <summary>Blocks rented and not given back.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _outstanding);
        return new Block(this, new byte[Math.Max(minBufferSize, 4096)]);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(PoisoningPool pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private int _isBack;

        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isBack, 1) == 0)
            {
                bytes.AsSpan().Fill(0xDD);
                Interlocked.Decrement(ref pool._outstanding);
            }
        }
    }
}
