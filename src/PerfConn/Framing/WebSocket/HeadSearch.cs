using System;
using System.Buffers;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// Finds the empty line that ends an HTTP head while its bytes arrive. Each byte is copied once, and looked at once more only where it may be part of an empty
/// line that is cut: RUSTSEC-2023-0065 re-read from the start, and a head in small pieces cost minutes.
/// </summary>
internal struct HeadSearch
{
    private int _length;

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <summary>Bytes taken so far, at most the size of the buffer given.</summary>
    public readonly int Length => _length;

    /// <summary>Bytes looked at so far, for the test that holds this to be linear.</summary>
    public long Examined { get; private set; }

    /// <summary>Takes what has arrived beyond the last call's into <paramref name="head"/>; gives the size of the whole head, or -1 when its end is not there yet.</summary>
    public int Feed(in ReadOnlySequence<byte> received, Span<byte> head)
    {
        int from = _length;
        _length = (int)Math.Min(received.Length, head.Length);
        received.Slice(from, _length - from).CopyTo(head[from..]);
        int searchFrom = Math.Max(0, from - (EndOfHead.Length - 1));
        Examined += _length - searchFrom;
        int end = head[searchFrom.._length].IndexOf(EndOfHead);
        return end < 0 ? -1 : searchFrom + end + EndOfHead.Length;
    }
}
