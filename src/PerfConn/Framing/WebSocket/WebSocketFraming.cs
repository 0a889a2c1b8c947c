using System;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Transport;

namespace PerfConn.Framing.WebSocket;

/// <summary>WebSocket, RFC 6455, as a client: opening handshake, frames, and the Close frame at the end. The default of a line.</summary>
public sealed record WebSocketFraming : MessageFraming
{
    /// <summary>The default settings.</summary>
    public static WebSocketFraming Default { get; } = new();

    /// <summary>What is offered for compression (permessage-deflate, RFC 7692). Default: null, nothing.</summary>
    public DeflateOptions? Deflate { get; init; }

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
        HandshakeOutcome outcome = await ClientHandshake
            .PerformAsync(opening.Transport, opening.Endpoint, RandomNumberGenerator.Fill, opening.TimeProvider, Deflate, opening.Limits, cancellationToken).ConfigureAwait(false);
        MessageInflater? inflater = null;
        MessageDeflater? deflater = null;
        if (outcome.Deflate is { } terms)
        {
            inflater = new MessageInflater(terms.ServerContextTakeover, terms.ServerMaxWindowBits, opening.Limits);
            deflater = Deflate is { CompressSent: true } ? new MessageDeflater(terms.ClientContextTakeover, terms.ClientMaxWindowBits, Deflate.MinimumSize) : null;
        }

        return new FramingSession<WebSocketFrameParser<ClientRole>>(
            new WebSocketFrameParser<ClientRole>(opening.Limits, inflater), new WebSocketFrameEncoder(new MaskKeys(), deflater), HasControlFrames)
        {
            Inflater = inflater,
        };
    }

    /// <inheritdoc/>
    internal override void CheckOptions(OptionsCheck check) => check.Nested(Deflate, static (each, errors) => each.Check(errors));
}
