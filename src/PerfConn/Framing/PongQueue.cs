using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfConn.Framing;

/// <summary>
/// Pings still to be answered: up to 16 in their order, then the newest takes the last place. RFC 6455 section 5.5.3 asks for the newest only, but peers that send
/// several in a row expect each back (Autobahn 2.10, 5.19); the bound is what a flood of pings can cost, 2 KB (RELIABILITY B38).
/// </summary>
/// <remarks>Not thread-safe. Allocates its 2 KB at the first ping, for a line may never see one, and nothing after that.</remarks>
internal struct PongQueue
{
    /// <summary>Answers that wait at most.</summary>
    public const int Capacity = 16;

    private const int MaxPayload = WebSocket.FrameHeader.MaxControlPayload;

    private byte[]? _payloads;
    private Lengths _lengths;
    private int _first;
    private int _count;

    public readonly bool IsEmpty => _count == 0;

    public void Add(ReadOnlySpan<byte> payload)
    {
        Debug.Assert(payload.Length <= MaxPayload, "the parser refuses longer control frames");
        _payloads ??= new byte[Capacity * MaxPayload];
        _count = Math.Min(_count + 1, Capacity);
        int slot = (_first + _count - 1) % Capacity;
        payload.CopyTo(_payloads.AsSpan(slot * MaxPayload));
        _lengths[slot] = (byte)payload.Length;
    }

    /// <summary>Takes the oldest; gives its length, or -1 when there is none.</summary>
    public int Take(Span<byte> destination)
    {
        if (_count == 0)
        {
            return -1;
        }

        int length = _lengths[_first];
        _payloads!.AsSpan(_first * MaxPayload, length).CopyTo(destination);
        _first = (_first + 1) % Capacity;
        _count--;
        return length;
    }

    public void Clear() => _count = 0;

    [InlineArray(Capacity)]
    private struct Lengths
    {
        private byte _first;
    }
}
