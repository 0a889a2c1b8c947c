using System;
using System.Buffers;

namespace PerfConn.Framing;

/// <summary>
/// Cuts a byte stream into messages. A parser does no I/O, keeps its state between calls, and takes the bytes in any segmentation: the same
/// bytes give the same calls on the sink, however they are cut.
/// </summary>
/// <remarks>Implemented by structs that become type parameters of the receive loop. Not thread-safe. Allocates nothing per message.</remarks>
public interface IFrameParser : IDisposable
{
    /// <summary>
    /// Whether the peer has closed by a Close frame: nothing after it is parsed (RFC 6455 section 5.5.1). Always false in a framing without control frames.
    /// </summary>
    bool IsClosed { get; }

    /// <summary>
    /// Whether the parser has consumed a part of a message that has not ended. A stream that ends now, or with bytes unconsumed, was cut inside a message.
    /// </summary>
    bool IsMidway { get; }

    /// <summary>Parses as far as the bytes go.</summary>
    /// <param name="buffer">All bytes that were received and not yet consumed.</param>
    /// <param name="sink">Where messages and control frames go.</param>
    /// <param name="consumed">Up to where the bytes are done with; what comes after has been examined to its end.</param>
    /// <returns>What the peer did wrong, or <see cref="FrameFault.None"/>. After a fault the parser must not be called again.</returns>
    FrameFault Parse<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink, out SequencePosition consumed)
        where TSink : struct, IFrameSink, allows ref struct;
}
