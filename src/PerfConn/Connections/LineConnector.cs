using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.MessageRecord;
using PerfConn.Framing.WebSocket;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;

namespace PerfConn.Connections;

/// <summary>Makes one connection ready for frames: transport, then opening handshake where the transport gives bytes, all under one deadline.</summary>
internal static class LineConnector
{
    /// <summary>
    /// Connects, or throws one typed error and leaves nothing open. Among several endpoints (<see cref="LineOptions.Endpoints"/>) the first connect tries each in turn; a later one
    /// tries the best, and the retry policy goes on from there.
    /// </summary>
    /// <param name="endpoint">Where to, when the options name no endpoints.</param>
    /// <param name="options">The line's.</param>
    /// <param name="limits">The venue's.</param>
    /// <param name="lastEnd">How the last session or attempt ended; null for the first.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="onTurn">Called when an attempt's turn has come, where the options name no endpoints; throws when it must not be made after all.</param>
    public static ValueTask<LineSession> ConnectAsync(
        Endpoint endpoint, LineOptions options, VenueLimits limits, LineEnd? lastEnd, CancellationToken cancellationToken, Action? onTurn = null) => options.Endpoints switch
        {
            null => AttemptAsync(endpoint, null, options, limits, lastEnd, cancellationToken, onTurn),
            { } set when lastEnd is null && set.Count > 1 => TryEachAsync(endpoint, set, options, limits, cancellationToken),
            { } set => AttemptAsync(endpoint, set, options, limits, lastEnd, cancellationToken),
        };

    private static async ValueTask<LineSession> TryEachAsync(
        Endpoint endpoint, EndpointSet set, LineOptions options, VenueLimits limits, CancellationToken cancellationToken)
    {
        var causes = new List<ConnectionException>();
        while (causes.Count < set.Count)
        {
            try
            {
                return await AttemptAsync(endpoint, set, options, limits, null, cancellationToken).ConfigureAwait(false);
            }
            catch (EndpointsUnavailableException) when (causes.Count > 0)
            {
                break;
            }
            catch (ConnectionException e) when (e is not (FramingException or EndpointsUnavailableException))
            {
                e.Attempt = causes.Count + 1;
                causes.Add(e);
            }
        }

        throw causes is [var only] ? only : new AllConnectionsFailedException(0, 1, causes);
    }

    /// <summary>One attempt: its turn, then its endpoint, then its credentials, so that each is as fresh as can be; then the connection.</summary>
    private static async ValueTask<LineSession> AttemptAsync(
        Endpoint endpoint, EndpointSet? set, LineOptions options, VenueLimits limits, LineEnd? lastEnd, CancellationToken cancellationToken, Action? onTurn = null)
    {
        set?.ThrowIfUnavailable();
        if (options.ConnectRate is { } rate)
        {
            await rate.WaitAsync(lastEnd is not null, cancellationToken).ConfigureAwait(false);
        }

        onTurn?.Invoke();
        EndpointVisit? visit = set?.Choose();
        try
        {
            endpoint = await RefreshAsync(visit?.Endpoint ?? endpoint, options, lastEnd, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            visit?.OnNothing();
            throw;
        }

        try
        {
            LineSession session = await FollowAsync(endpoint, options, limits, lastEnd is not null, cancellationToken).ConfigureAwait(false);
            session.Visit = visit;
            visit?.OnConnected();
            return session;
        }
        catch (Exception e)
        {
            visit?.OnFailed(e);
            throw;
        }
    }

    private static async ValueTask<Endpoint> RefreshAsync(Endpoint endpoint, LineOptions options, LineEnd? lastEnd, CancellationToken cancellationToken) =>
        options.RefreshEndpoint is { } refresh
            ? await refresh(endpoint, lastEnd, cancellationToken).ConfigureAwait(false) ?? throw new ConnectionException(endpoint.Url, "RefreshEndpoint has given no endpoint")
            : endpoint;

    /// <summary>Connects, and goes where it is sent, under one deadline.</summary>
    private static async ValueTask<LineSession> FollowAsync(
        Endpoint endpoint, LineOptions options, VenueLimits limits, bool isReconnect, CancellationToken cancellationToken)
    {
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
                if (options.ConnectRate is { } rate)
                {
                    await rate.WaitAsync(isReconnect, cancellationToken).ConfigureAwait(false);
                }
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
            Endpoint read = endpoint.ReceiveMode == options.ReceiveMode && endpoint.Idle == options.Idle
                ? endpoint
                : endpoint with { ReceiveMode = options.ReceiveMode, Idle = options.Idle };
            transport = await options.Transport.ConnectAsync(read, linked.Token).ConfigureAwait(false);
            stage = ConnectStage.OpeningHandshake;
            FramingSession framing = await OpenFramingAsync(transport, endpoint, options, linked.Token).ConfigureAwait(false);

            // Until its receive loop has its turn: of a thousand lines that connect at a time each would have a block of its own, and the pool keeps 64 of them (16 KB a line).
            (transport.Input as BlockPipeReader)?.ReleaseIfEmpty();
            return new LineSession(transport, endpoint, framing, options, limits);
        }
        catch (Exception e)
        {
            if (transport is not null)
            {
                // Why the attempt failed is what the caller must hear, not what followed from it.
                _ = await LineSession.ReleaseAsync(transport).ConfigureAwait(false);
            }

            if (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested && e is not HandshakeException { StatusCode: > 0 })
            {
                // The transport knows better how far it had come, if it says so.
                var canceled = e as ConnectCanceledException;
                stage = canceled?.Stage ?? stage;
                string detail = canceled?.Detail is { Length: > 0 } told ? $" ({told})" : "";
                throw new ConnectTimeoutException(
                    endpoint.Url, stage, $"no connection within {options.ConnectTimeout.TotalSeconds:0.#} s; the time ran out during {Words(stage)}{detail}", e);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                // A blocked read that is cancelled fails as a network error; what the caller did is what the caller is told. What the venue had answered is inside.
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }

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
