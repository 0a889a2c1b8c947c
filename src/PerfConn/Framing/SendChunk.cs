using System;
using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.ObjectPool;

namespace PerfConn.Framing;

/// <summary>
/// Encoded frames that go out in one piece, and the sends that wait for it. Frames are never split between chunks, so the end of a chunk is a frame boundary, where
/// a pong may go in between. A frame above <see cref="Size"/> has a chunk of its own.
/// </summary>
/// <remarks>
/// All senders share one store of them, 4 MB at most: a line that has sent something and is idle holds none. It is not the shared array pool because chunks are filled on one thread
/// and emptied on another, and between threads that pool loses some, which costs 0.2 B a message.
/// </remarks>
internal sealed class SendChunk
{
    /// <summary>16 KiB: the most that a TLS record holds, and far above the point where a system call's cost is spread thin.</summary>
    public const int Size = 16 * 1024;

    private const int MostKept = 256;

    private static readonly DefaultObjectPool<SendChunk> s_pool = new(new Policy(), MostKept);

    private readonly byte[] _usual = GC.AllocateUninitializedArray<byte>(Size);

    /// <summary>From the shared array pool, for a frame above <see cref="Size"/>.</summary>
    private byte[]? _large;

    /// <summary>The next chunk in the stream.</summary>
    public SendChunk? Next { get; set; }

    public PendingSendList Sends;

    public int Length { get; private set; }

    public int Room => Buffer.Length - Length;

    public Span<byte> Free => Buffer.AsSpan(Length);

    private byte[] Buffer => _large ?? _usual;

    /// <summary>An empty chunk with room for a frame of so many bytes.</summary>
    public static SendChunk Rent(int size)
    {
        SendChunk chunk = s_pool.Get();
        Debug.Assert(chunk is { Length: 0, Next: null, _large: null } && chunk.Sends.IsEmpty, "a chunk in the store is empty");
        chunk._large = size > Size ? ArrayPool<byte>.Shared.Rent(size) : null;
        return chunk;
    }

    public void Advance(int count) => Length += count;

    public ReadOnlyMemory<byte> Slice(int start, int length) => Buffer.AsMemory(start, length);

    /// <summary>Nobody uses it any more.</summary>
    public void Return() => s_pool.Return(this);

    private void Clear()
    {
        Length = 0;
        Next = null;
        if (_large is not null)
        {
            ArrayPool<byte>.Shared.Return(_large);
            _large = null;
        }
    }

    private sealed class Policy : PooledObjectPolicy<SendChunk>
    {
        public override SendChunk Create() => new();

        public override bool Return(SendChunk obj)
        {
            obj.Clear();
            return true;
        }
    }
}
