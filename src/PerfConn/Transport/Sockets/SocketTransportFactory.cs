using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Opens TCP connections, with TLS where the endpoint asks for it, through a proxy where the options name one. Names are resolved afresh at every attempt, and a
/// name's addresses race for the connection (RFC 8305). The default transport.
/// </summary>
/// <remarks>Thread-safe; one instance serves any number of lines. It remembers which address of a host won (<see cref="SocketTransportOptions.RemembersAddress"/>).</remarks>
public sealed class SocketTransportFactory : ITransportFactory
{
    private readonly SocketTransportOptions _options;
    private readonly AddressMemory _memory = new();

    /// <summary>Makes a factory with the default settings.</summary>
    public SocketTransportFactory()
        : this(new SocketTransportOptions())
    {
    }

    /// <summary>Makes a factory.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range; all that is wrong is named.</exception>
    public SocketTransportFactory(SocketTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var check = new OptionsCheck();
        options.Check(check);
        check.Throw();
        _options = options;
    }

    /// <inheritdoc/>
    /// <exception cref="ResolveException">The name has no address, or none could be found out.</exception>
    /// <exception cref="ConnectException">No address could be connected to: refused, unreachable, cut.</exception>
    /// <exception cref="NetworkException">The connection was cut as soon as it stood.</exception>
    /// <exception cref="ProxyException">The proxy did not open the way.</exception>
    /// <exception cref="TlsException">TLS could not be established.</exception>
    /// <exception cref="ConnectCanceledException">The token was cancelled; it says during what.</exception>
    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return await new SocketDial(endpoint, _options, _memory).ConnectAsync(cancellationToken).ConfigureAwait(false);
    }
}
