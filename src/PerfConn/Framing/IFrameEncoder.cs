using System;

namespace PerfConn.Framing;

/// <summary>
/// Writes one outgoing frame. Used by one sender at a time, in the order in which the frames go out (pongs apart, which overtake), so it needs no thread safety of
/// its own and may remember what it has written. A receive loop never waits for it.
/// </summary>
internal interface IFrameEncoder
{
    /// <summary>Bytes that a frame with this payload takes at most.</summary>
    int MaxSize(int payloadLength);

    /// <summary>Writes the frame; gives how many bytes it took.</summary>
    int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload);
}
