using System;

namespace PerfConn.Framing;

/// <summary>Writes one outgoing frame. Used under the sender's lock, so it needs no thread safety of its own.</summary>
internal interface IFrameEncoder
{
    /// <summary>Bytes that a frame with this payload takes at most.</summary>
    int MaxSize(int payloadLength);

    /// <summary>Writes the frame; gives how many bytes it took.</summary>
    int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload);
}
