using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.MessageRecord;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>Makes one connection ready for frames: transport, then opening handshake where the transport gives bytes, all under one deadline.</summary>
internal static class LineConnector
{
    /// <summary>Connects, or throws one typed error and leaves nothing open.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">The line's.</param>
    /// <param name="limits">The venue's.</param>
    /// <param name="lastEnd">How the last session or attempt ended; null for the first.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async ValueTask<LineSession> ConnectAsync(
        Endpoint endpoint, LineOptions options, VenueLimits limits, LineEnd? lastEnd, CancellationToken cancellationToken)
    {
        if (options.RefreshEndpoint is { } refresh)
        {
            endpoint = await refresh(endpoint, lastEnd, cancellationToken).ConfigureAwait(false)
                ?? throw new ConnectionException(endpoint.Url, "RefreshEndpoint has given no endpoint");
        }

        using var deadline = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        for (int redirects = 0; ; redirects++)
        {
            try
            {
                return await ConnectOnceAsync(endpoint, options, limits, deadline, cancellationToken).ConfigureAwait(false);
            }
            catch (HandshakeException e) when (redirects < options.MaxRedirects && Redirect.IsRedirect(e))
            {
                endpoint = Redirect.Follow(endpoint, e);
            }
        }
    }

    private static async ValueTask<LineSession> ConnectOnceAsync(
        Endpoint endpoint, LineOptions options, VenueLimits limits, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        ConnectStage stage = ConnectStage.Connecting;
        ITransport? transport = null;
        options.Framing.Check(endpoint);
        try
        {
            transport = await options.Transport.ConnectAsync(endpoint with { ReceiveMode = options.ReceiveMode, Idle = options.Idle }, linked.Token).ConfigureAwait(false);
            stage = ConnectStage.OpeningHandshake;
            FramingSession framing = await OpenFramingAsync(transport, endpoint, options, linked.Token).ConfigureAwait(false);
            return new LineSession(transport, endpoint, framing, new RequestPacer(limits, options.TimeProvider), options, limits);
        }
        catch (Exception e)
        {
            if (transport is not null)
            {
                // Why the attempt failed is what the caller must hear, not what followed from it.
                _ = await LineSession.ReleaseAsync(transport).ConfigureAwait(false);
            }

            if (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // The transport knows better how far it had come, if it says so.
                var canceled = e as ConnectCanceledException;
                stage = canceled?.Stage ?? stage;
                string detail = canceled?.Detail is { Length: > 0 } told ? $" ({told})" : "";
                throw new ConnectTimeoutException(
                    endpoint.Url, stage, $"no connection within {options.ConnectTimeout.TotalSeconds:0.#} s; the time ran out during {Words(stage)}{detail}", e);
            }

            // A blocked read that is cancelled fails as a network error; what the caller did is what the caller is told.
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private static ValueTask<FramingSession> OpenFramingAsync(
        ITransport transport, Endpoint endpoint, LineOptions options, CancellationToken cancellationToken)
    {
        if (transport.Content == TransportContent.Bytes)
        {
            return options.Framing.OpenAsync(
                new FramingOpening { Transport = transport, Endpoint = endpoint, Limits = options.Limits, TimeProvider = options.TimeProvider }, cancellationToken);
        }

        // A raw framing would never see the bytes it was chosen for; to go on as if it had would hide that.
        return options.Framing is WebSocketFraming
            ? new ValueTask<FramingSession>(new FramingSession<MessageRecordParser>(new MessageRecordParser(options.Limits), new MessageRecordEncoder(), hasControlFrames: true))
            : throw new FramingException(endpoint.Url, $"the transport frames its messages by itself, so {options.Framing.GetType().Name} cannot be used with it");
    }

    private static string Words(ConnectStage stage) => stage switch
    {
        ConnectStage.Resolving => "name resolution",
        ConnectStage.Connecting => "connecting",
        ConnectStage.Proxy => "the talk with the proxy",
        ConnectStage.Tls => "the TLS handshake",
        _ => "the opening handshake",
    };
}
