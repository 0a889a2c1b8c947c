using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>Opens TCP connections, with TLS where the endpoint is <c>wss</c>. The default transport.</summary>
/// <remarks>Thread-safe; one instance serves any number of lines.</remarks>
public sealed partial class SocketTransportFactory : ITransportFactory
{
    private readonly SocketTransportOptions _options;

    /// <summary>Makes a factory with the default settings.</summary>
    public SocketTransportFactory()
        : this(new SocketTransportOptions())
    {
    }

    /// <summary>Makes a factory.</summary>
    public SocketTransportFactory(SocketTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <inheritdoc/>
    /// <exception cref="NetworkException">The name could not be resolved, or the connection was refused, unreachable or cut.</exception>
    /// <exception cref="TlsException">TLS could not be established.</exception>
    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            Configure(socket);
            if (endpoint.ReceiveMode == ReceiveMode.Thread)
            {
                return await ConnectBlockingAsync(socket, endpoint, cancellationToken).ConfigureAwait(false);
            }

            await ConnectSocketAsync(socket, endpoint.Url, cancellationToken).ConfigureAwait(false);
            return endpoint.IsSecure
                ? await SecureAsync(socket, endpoint.Url, cancellationToken).ConfigureAwait(false)
                : Plain(socket, endpoint.Url);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            if (e is SocketException or IOException)
            {
                // Not the connect alone can fail: there may be no descriptor left, or the peer has reset what was just connected.
                throw SocketFailure.WhileConnecting(endpoint.Url, e);
            }

            throw;
        }
    }

    private void Configure(Socket socket)
    {
        socket.NoDelay = _options.NoDelay;
        if (_options.ReceiveBufferSize is { } receive)
        {
            socket.ReceiveBufferSize = receive;
        }

        if (_options.SendBufferSize is { } send)
        {
            socket.SendBufferSize = send;
        }
    }

    private static async ValueTask ConnectSocketAsync(Socket socket, Uri url, CancellationToken cancellationToken)
    {
        await socket.ConnectAsync(Target(url), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An address is connected to as it is; a name, in the form that resolvers know, is resolved afresh at every attempt.</summary>
    private static EndPoint Target(Uri url) => IPAddress.TryParse(url.IdnHost, out IPAddress? address)
        ? new IPEndPoint(address, url.Port)
        : new DnsEndPoint(url.IdnHost, url.Port);

    private SocketTransport Plain(Socket socket, Uri url)
    {
        // The stream insists on a blocking socket when it is made and only ever sends asynchronously; the reader wants a non-blocking one.
        var stream = new NetworkStream(socket, ownsSocket: true);
        socket.Blocking = false;
        return new SocketTransport(socket, stream, new SocketPipeReader(socket, url, _options.Pool));
    }

    private async ValueTask<ITransport> SecureAsync(Socket socket, Uri url, CancellationToken cancellationToken)
    {
        SslPolicyErrors policyErrors = SslPolicyErrors.None;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(TlsSettings(url, errors => policyErrors = errors), cancellationToken).ConfigureAwait(false);
            return new SocketTransport(socket, stream, new StreamPipeReader(stream, url, _options.Pool));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw TlsFailure(url, policyErrors, e);
        }
    }

    private SslClientAuthenticationOptions TlsSettings(Uri url, Action<SslPolicyErrors> onChecked) => new()
    {
        TargetHost = _options.Tls.TargetHost ?? url.IdnHost,
        EnabledSslProtocols = _options.Tls.Protocols,
        ClientCertificates = _options.Tls.ClientCertificates,
        AllowRenegotiation = false,
        RemoteCertificateValidationCallback = (_, _, _, errors) =>
        {
            onChecked(errors);
            return errors == SslPolicyErrors.None || _options.Tls.DangerouslyAcceptAnyCertificate;
        },
    };

    /// <summary>Whatever comes out of a failed handshake becomes one type; the runtime has been seen to let index errors escape (RELIABILITY A2).</summary>
    private static TlsException TlsFailure(Uri url, SslPolicyErrors policyErrors, Exception cause)
    {
        string reason = policyErrors != SslPolicyErrors.None
            ? $"the server's certificate was refused ({policyErrors})"
            : cause switch
            {
                AuthenticationException => "the TLS handshake failed: " + cause.Message,
                IOException or SocketException => "the connection was lost during the TLS handshake",
                _ => $"the TLS handshake failed ({cause.GetType().Name})",
            };
        return new TlsException(url, reason, cause);
    }
}
