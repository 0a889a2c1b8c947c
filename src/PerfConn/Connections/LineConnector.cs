using System;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>Makes one connection ready for frames: transport, then opening handshake where the transport gives bytes, all under one deadline.</summary>
internal static class LineConnector
{
    /// <summary>Connects, or throws one typed error and leaves nothing open.</summary>
    public static async ValueTask<LineSession> ConnectAsync(
        Endpoint endpoint, LineOptions options, VenueLimits limits, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        string stage = "connecting";
        ITransport? transport = null;
        try
        {
            transport = await options.Transport.ConnectAsync(endpoint with { ReceiveMode = options.ReceiveMode }, linked.Token).ConfigureAwait(false);
            if (transport.Content == TransportContent.Bytes)
            {
                stage = "the opening handshake";
                await ClientHandshake.PerformAsync(transport, endpoint, RandomNumberGenerator.Fill, linked.Token).ConfigureAwait(false);
            }

            return new LineSession(transport, new RequestPacer(limits, options.TimeProvider), endpoint.Url, options);
        }
        catch (Exception e)
        {
            if (transport is not null)
            {
                await transport.Input.CompleteAsync().ConfigureAwait(false);
                await transport.DisposeAsync().ConfigureAwait(false);
            }

            if (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new ConnectTimeoutException(
                    endpoint.Url, $"no connection within {options.ConnectTimeout.TotalSeconds:0.#} s; the time ran out during {stage}", e);
            }

            // A blocked read that is cancelled fails as a network error; what the caller did is what the caller is told.
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }
}
