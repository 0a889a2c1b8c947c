using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics;
using System.Numerics;

namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>
/// Where a message is inflated to. Its first 16 KiB stand in a buffer that stays, and most messages end there. More goes to pooled chunks of 64 KiB, of
/// more when there is more already, but never beyond what the limit still allows, and is put together once, at the end: a bomb so costs what the limit allows and 64 KiB, where a buffer that doubles
/// would cost half as much again (D27). The shared pool keeps 32 buffers of a size for each processor; chunks of one size were more than that from 2 MiB on, on a machine with one.
/// </summary>
internal sealed class InflatedMessage
{
    public const int FirstSize = 16 * 1024;
    public const int ChunkSize = 64 * 1024;

    private const int ChunksInAll = 8;

    private readonly byte[] _first = GC.AllocateUninitializedArray<byte>(FirstSize);
    private readonly List<byte[]> _chunks = [];
    private byte[] _last;
    private int _filled;
    private byte[]? _whole;

    public InflatedMessage() => _last = _first;

    public int Length { get; private set; }

    /// <summary>Room for the next bytes; at least one.</summary>
    public Span<byte> Room(int most)
    {
        Debug.Assert(most > 0, "room is asked for while the limit allows a byte");
        if (_filled == _last.Length)
        {
            _last = ArrayPool<byte>.Shared.Rent(SizeOfNext(most));
            _chunks.Add(_last);
            _filled = 0;
        }

        return _last.AsSpan(_filled, Math.Min(most, _last.Length - _filled));
    }

    /// <summary>A power of two, as the pool's are: a rented buffer is no longer than was asked for.</summary>
    private int SizeOfNext(int most) => Math.Max(ChunkSize, 1 << BitOperations.Log2((uint)Math.Min(Length / ChunksInAll, most)));

    public void Advance(int count)
    {
        _filled += count;
        Length += count;
    }

    /// <summary>The message in one piece; valid until it is cleared.</summary>
    public ReadOnlySpan<byte> Join()
    {
        if (_chunks.Count == 0)
        {
            return _first.AsSpan(0, Length);
        }

        _whole ??= ArrayPool<byte>.Shared.Rent(Length);
        _first.CopyTo(_whole, 0);
        int at = FirstSize;
        foreach (byte[] chunk in _chunks)
        {
            int count = Math.Min(chunk.Length, Length - at);
            chunk.AsSpan(0, count).CopyTo(_whole.AsSpan(at));
            at += count;
        }

        return _whole.AsSpan(0, Length);
    }

    public void Clear()
    {
        if (_chunks.Count > 0)
        {
            ReturnChunks();
        }

        _filled = 0;
        Length = 0;
    }

    private void ReturnChunks()
    {
        foreach (byte[] chunk in _chunks)
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        _chunks.Clear();
        _last = _first;
        if (_whole is not null)
        {
            ArrayPool<byte>.Shared.Return(_whole);
            _whole = null;
        }
    }
}
