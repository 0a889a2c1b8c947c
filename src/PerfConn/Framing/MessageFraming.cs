using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Framing;

/// <summary>
/// How a line's bytes are cut into messages, and its messages written as bytes: WebSocket, or a framing of raw sockets. Your own derives from
/// <see cref="MessageFraming{TParser}"/>; this folder's README shows one.
/// </summary>
/// <remarks>Immutable, so one instance serves any number of lines; what belongs to one connection is in the <see cref="FramingSession"/> it opens.</remarks>
public abstract record MessageFraming
{
    /// <summary>
    /// Whether this framing has pings, pongs and Close frames, with RFC 6455's opcodes and payloads. If so, the line answers pings and says goodbye with
    /// a Close frame, and the encoder is given opcodes 8 and 10; if not, the end of the stream is all the goodbye there is. Default: false.
    /// </summary>
    public virtual bool HasControlFrames => false;

    /// <summary>Says no to an address that this framing does not go with, before anything is opened. Default: no to <c>ws</c> and <c>wss</c>.</summary>
    /// <exception cref="FramingException">It does not; the message says what would.</exception>
    public virtual void Check(Endpoint endpoint)
    {
        if (endpoint.IsWebSocket)
        {
            throw new FramingException(endpoint.Url, $"{GetType().Name} is no WebSocket framing; the address of a raw connection begins with tcp://, tls:// or unix://");
        }
    }

    /// <summary>
    /// Makes a new connection ready for messages: an opening handshake where the framing has one, then the parser and the encoder. Bytes of the peer
    /// that it does not consume are the parser's first.
    /// </summary>
    /// <param name="opening">The connection and what is known of it.</param>
    /// <param name="cancellationToken">Ends the attempt; the line's connect deadline is behind it.</param>
    /// <exception cref="ConnectionException">The opening failed; the line closes the transport.</exception>
    public abstract ValueTask<FramingSession> OpenAsync(FramingOpening opening, CancellationToken cancellationToken);

    /// <summary>Says what is wrong with the framing's own settings, where setting them has not already refused it.</summary>
    internal virtual void CheckOptions(OptionsCheck check)
    {
    }
}
