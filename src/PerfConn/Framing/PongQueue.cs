using System;
using System.Diagnostics;

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

    /// <summary>A place for each, then the length of each.</summary>
    private byte[]? _payloads;
    private int _first;
    private int _count;

    public readonly bool IsEmpty => _count == 0;

    public void Add(ReadOnlySpan<byte> payload)
    {
        Debug.Assert(payload.Length <= MaxPayload, "the parser refuses longer control frames");
        _payloads ??= new byte[Capacity * (MaxPayload + 1)];
        _count = Math.Min(_count + 1, Capacity);
        int slot = (_first + _count - 1) % Capacity;
        payload.CopyTo(_payloads.AsSpan(slot * MaxPayload));
        _payloads[LengthAt(slot)] = (byte)payload.Length;
    }

    /// <summary>Takes the oldest; gives its length, or -1 when there is none.</summary>
    public int Take(Span<byte> destination)
    {
        if (_count == 0)
        {
            return -1;
        }

        int length = _payloads![LengthAt(_first)];
        _payloads.AsSpan(_first * MaxPayload, length).CopyTo(destination);
        _first = (_first + 1) % Capacity;
        _count--;
        return length;
    }

    public void Clear() => _count = 0;

    private static int LengthAt(int slot) => (Capacity * MaxPayload) + slot;
}
