using System;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Framing.WebSocket;

/// <summary>WebSocket, RFC 6455, as a client: opening handshake, frames, and the Close frame at the end. The default of a line.</summary>
public sealed record WebSocketFraming : MessageFraming
{
    /// <summary>The default settings.</summary>
    public static WebSocketFraming Default { get; } = new();

    /// <summary>Always: RFC 6455 section 5.5.</summary>
    public override bool HasControlFrames => true;

    /// <summary>Says no to <c>tcp</c> and <c>tls</c>: who writes such an address means a raw connection, and its peer would take the handshake for garbage.</summary>
    /// <exception cref="FramingException">The address is of a raw connection.</exception>
    public override void Check(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.IsRaw)
        {
            throw new FramingException(
                endpoint.Url, "WebSocket needs an address that begins with ws:// or wss://; for a raw connection choose a LineOptions.Framing");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="HandshakeException">The server did not upgrade.</exception>
    public override async ValueTask<FramingSession> OpenAsync(FramingOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        await ClientHandshake
            .PerformAsync(opening.Transport, opening.Endpoint, RandomNumberGenerator.Fill, opening.TimeProvider, cancellationToken).ConfigureAwait(false);
        return new FramingSession<WebSocketFrameParser<ClientRole>>(
            new WebSocketFrameParser<ClientRole>(opening.Limits), new WebSocketFrameEncoder(new MaskKeys()), HasControlFrames);
    }
}
