using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Transport.WebSockets;

/// <summary>
/// Opens connections through the framework's <see cref="ClientWebSocket"/>, for what only it can do (HTTP/2, system proxies). Slower than the
/// socket transport, and otherwise the same from the framing layer up.
/// </summary>
/// <remarks>Thread-safe; one instance serves any number of lines.</remarks>
public sealed class ClientWebSocketTransportFactory : ITransportFactory
{
    private readonly ClientWebSocketTransportOptions _options;

    /// <summary>Makes a factory with the default settings.</summary>
    public ClientWebSocketTransportFactory()
        : this(new ClientWebSocketTransportOptions())
    {
    }

    /// <summary>Makes a factory.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range; all that is wrong is named.</exception>
    /// <exception cref="PlatformNotSupportedException">The runtime is older than 10.0.11 (CVE-2026-62901).</exception>
    public ClientWebSocketTransportFactory(ClientWebSocketTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RuntimeFloor.Check(Environment.Version);
        var check = new OptionsCheck();
        options.Check(check);
        check.Throw();
        _options = options;
    }

    /// <inheritdoc/>
    /// <exception cref="NetworkException">The name could not be resolved, or the connection was refused, unreachable or cut.</exception>
    /// <exception cref="TlsException">TLS could not be established.</exception>
    /// <exception cref="HandshakeException">The server did not upgrade.</exception>
    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.UnixSocket is not null)
        {
            // To connect to the address's host in its place would reach somebody else.
            throw new ConnectionException(endpoint.Url, "the ClientWebSocket transport knows no Unix domain sockets; the socket transport does");
        }

        var socket = new ClientWebSocket();
        try
        {
            Configure(socket, endpoint);
            await socket.ConnectAsync(endpoint.Url, _options.Invoker, cancellationToken).ConfigureAwait(false);
            return new ClientWebSocketTransport(socket, endpoint.Url, _options);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException)
        {
            int status = (int)socket.HttpStatusCode;
            TimeSpan? retryAfter = RetryAfterOf(socket.HttpResponseHeaders);
            socket.Dispose();
            throw Failure(endpoint, status, retryAfter, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Configure(ClientWebSocket socket, Endpoint endpoint)
    {
        ClientWebSocketOptions options = socket.Options;

        // Without it the status of a refused upgrade is not to be had (dotnet/runtime#72976).
        options.CollectHttpResponseDetails = true;
        options.KeepAliveInterval = _options.KeepAliveInterval;
        options.KeepAliveTimeout = _options.KeepAliveTimeout;
        if (_options.DangerouslyAcceptAnyCertificate)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }

        options.HttpVersion = _options.HttpVersion;
        options.HttpVersionPolicy = _options.HttpVersionPolicy;
        options.DangerousDeflateOptions = _options.Deflate;
        if (_options.Invoker is null)
        {
            // Left alone the framework would ask the environment for a proxy; what a line goes through is told, not guessed.
            options.Proxy = _options.Proxy;
            if (_options.ClientCertificates is { } certificates)
            {
                options.ClientCertificates = certificates;
            }
        }

        if (endpoint.BasicAuthorization() is { } authorization)
        {
            options.SetRequestHeader("Authorization", authorization);
        }

        foreach (KeyValuePair<string, string> header in endpoint.Headers)
        {
            options.SetRequestHeader(header.Key, header.Value);
        }

        foreach (string subprotocol in endpoint.Subprotocols)
        {
            options.AddSubProtocol(subprotocol);
        }

        _options.Configure?.Invoke(options);
    }

    private static ConnectionException Failure(Endpoint endpoint, int status, TimeSpan? retryAfter, Exception cause)
    {
        Uri url = endpoint.Url;
        for (Exception? e = cause; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case AuthenticationException:
                    return new TlsException(url, "the TLS handshake failed: " + e.Message, cause);
                case System.Net.Sockets.SocketException socket:
                    return Sockets.SocketFailure.WhileConnecting(url, socket);
                default:
                    break;
            }
        }

        cause = Redactor.Redact(cause, endpoint.Secrets());
        string reason = status is 0 or 101 ? cause.Message : $"the server answered {status} instead of upgrading";
        return HandshakeException.OfStatus(url, reason, status == 0 ? null : status, retryAfter, cause);
    }

    private TimeSpan? RetryAfterOf(IReadOnlyDictionary<string, IEnumerable<string>>? headers) =>
        headers is not null && headers.TryGetValue("Retry-After", out IEnumerable<string>? values)
            ? RetryAfter.Parse(string.Join(", ", values), _options.TimeProvider.GetUtcNow())
            : null;
}
