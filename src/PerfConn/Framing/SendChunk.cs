using System;
using System.Buffers;
using System.Diagnostics;

namespace PerfConn.Framing;

/// <summary>
/// Encoded frames that go out in one piece, and the sends that wait for it. Frames are never split between chunks, so the end of a chunk is a frame boundary, where
/// a pong may go in between. A frame above <see cref="Size"/> has a chunk of its own.
/// </summary>
internal sealed class SendChunk
{
    /// <summary>16 KiB: the most that a TLS record holds, and far above the point where a system call's cost is spread thin.</summary>
    public const int Size = 16 * 1024;

    private byte[] _buffer = [];

    /// <summary>The next chunk in the stream, or in the store of spare ones.</summary>
    public SendChunk? Next { get; set; }

    public PendingSendList Sends;

    public int Length { get; private set; }

    public int Room => _buffer.Length - Length;

    public Span<byte> Free => _buffer.AsSpan(Length);

    public void Prepare(int size)
    {
        Debug.Assert(Length == 0 && Next is null && Sends.IsEmpty, "a spare chunk is empty");
        if (_buffer.Length < size)
        {
            DropBuffer();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(Size, size));
        }
    }

    public void Advance(int count) => Length += count;

    public ReadOnlyMemory<byte> Slice(int start, int length) => _buffer.AsMemory(start, length);

    /// <summary>Makes it empty. The buffer stays where it may, so that the steady state does not depend on the shared pool's mood.</summary>
    public void Clear(bool keepsBuffer)
    {
        Length = 0;
        Next = null;
        if (!keepsBuffer || _buffer.Length > Size)
        {
            DropBuffer();
        }
    }

    public bool HasBuffer => _buffer.Length > 0;

    /// <summary>Gives the buffer back to the shared pool.</summary>
    public void DropBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
