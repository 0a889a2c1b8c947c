using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport;

/// <summary>Asks the operating system (<c>getaddrinfo</c>), which knows the hosts file and sorts as RFC 6724 says. The default resolver.</summary>
/// <remarks>Thread-safe. It keeps nothing; what is cached is cached by the system.</remarks>
public sealed class SystemHostResolver : IHostResolver
{
    private SystemHostResolver()
    {
    }

    /// <summary>The only instance; it has no state.</summary>
    public static SystemHostResolver Instance { get; } = new();

    /// <inheritdoc/>
    /// <exception cref="System.Net.Sockets.SocketException">The name could not be resolved.</exception>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
}
