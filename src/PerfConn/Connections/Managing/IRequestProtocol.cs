using System;
using System.Buffers;

namespace PerfConn.Connections.Managing;

/// <summary>How requests and replies belong together on a connection: where a request carries its number, and where a reply does.</summary>
/// <remarks>One instance serves many connections and threads at once: it has no state.</remarks>
public interface IRequestProtocol
{
    /// <summary>Writes a request with its number in it.</summary>
    /// <param name="payload">The request as its user wrote it.</param>
    /// <param name="id">Its number, from 1; not used twice on a connection.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="ArgumentException">The payload is none that can carry a number, or has one already.</exception>
    void WriteRequest(ReadOnlySpan<byte> payload, long id, IBufferWriter<byte> output);

    /// <summary>Understands a message. Called on the receive loop for each; must not throw.</summary>
    /// <param name="message">The message.</param>
    /// <param name="mark">What it says of itself.</param>
    /// <returns>False when it is no message of this protocol.</returns>
    bool TryRead(ReadOnlySpan<byte> message, out ReplyMark mark);
}
