using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfConn.Buffers;

/// <summary>
/// Messages kept for a while and read once, in order: each with its time, one behind the other in chunks outside of the garbage-collected heap. What a busy line brings in a
/// second is tens of megabytes, for which the collector would stop all lines.
/// </summary>
/// <remarks>Not thread-safe. Keeping a message allocates nothing on the managed heap, except for the list of chunks. Dispose it to give the memory back.</remarks>
internal sealed unsafe class MessageSpool : IDisposable
{
    private const int ChunkSize = 1024 * 1024;

    private readonly List<Chunk> _chunks = [];
    private int _readChunk;
    private int _readOffset;

    /// <summary>Messages not yet read.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of payload kept, read or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keeps a message.</summary>
    public void Add(ReadOnlySpan<byte> payload, bool isText, long timestamp)
    {
        int needed = sizeof(Header) + payload.Length;
        if (_chunks.Count == 0 || _chunks[^1].Size - _chunks[^1].Used < needed)
        {
            int size = Math.Max(ChunkSize, needed);
            _chunks.Add(new Chunk { Start = (byte*)NativeMemory.Alloc((nuint)size), Size = size });
        }

        Chunk chunk = _chunks[^1];
        byte* place = chunk.Start + chunk.Used;
        Unsafe.WriteUnaligned(place, new Header { Timestamp = timestamp, Length = payload.Length, IsText = isText });
        payload.CopyTo(new Span<byte>(place + sizeof(Header), payload.Length));
        chunk.Used += needed;
        Count++;
        Bytes += payload.Length;
    }

    /// <summary>Takes the oldest message. The span stands until the spool is disposed.</summary>
    public bool TryTake(out ReadOnlySpan<byte> payload, out bool isText, out long timestamp)
    {
        if (Count == 0)
        {
            payload = default;
            isText = false;
            timestamp = 0;
            return false;
        }

        if (_readOffset == _chunks[_readChunk].Used)
        {
            _readChunk++;
            _readOffset = 0;
        }

        Chunk chunk = _chunks[_readChunk];
        byte* place = chunk.Start + _readOffset;
        Header header = Unsafe.ReadUnaligned<Header>(place);
        Debug.Assert(_readOffset + sizeof(Header) + header.Length <= chunk.Used, "a message ends inside its chunk");
        payload = new ReadOnlySpan<byte>(place + sizeof(Header), header.Length);
        isText = header.IsText;
        timestamp = header.Timestamp;
        _readOffset += sizeof(Header) + header.Length;
        Count--;
        return true;
    }

    public void Dispose()
    {
        foreach (Chunk chunk in _chunks)
        {
            NativeMemory.Free(chunk.Start);
        }

        _chunks.Clear();
        _readChunk = 0;
        _readOffset = 0;
        Count = 0;
        Bytes = 0;
    }

    private struct Header
    {
        public long Timestamp;
        public int Length;
        public bool IsText;
    }

    private sealed class Chunk
    {
        public byte* Start;
        public int Size;
        public int Used;
    }
}
