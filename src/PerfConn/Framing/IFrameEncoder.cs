using System;
using PerfConn.Diagnostics;

namespace PerfConn.Framing;

/// <summary>Writes one outgoing message as a frame.</summary>
/// <remarks>
/// An instance belongs to one connection. It is used by one sender at a time, in the order in which the frames go out (pongs apart, which overtake), so it needs no
/// thread safety of its own and may remember what it has written. A receive loop never waits for it. Allocates nothing per frame. One that is
/// <see cref="IDisposable"/> is disposed with its connection, when no send can reach it any more.
/// </remarks>
public interface IFrameEncoder
{
    /// <summary>Bytes that a frame with this payload takes at most.</summary>
    /// <param name="payloadLength">Length of the payload in bytes.</param>
    int MaxSize(int payloadLength);

    /// <summary>Writes the frame; gives how many bytes it took.</summary>
    /// <param name="destination">At least <see cref="MaxSize"/> bytes; what stands in it is undefined.</param>
    /// <param name="opcode">
    /// RFC 6455 section 5.2's: 1 text, 2 binary, and 8 close, 9 ping, 10 pong where the framing has control frames. A framing that knows no difference
    /// ignores it.
    /// </param>
    /// <param name="payload">The message.</param>
    /// <exception cref="FramingException">The message cannot be written in this framing. Its sender is told, and nothing is sent.</exception>
    int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload);
}
