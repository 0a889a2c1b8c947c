using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport;

/// <summary>
/// Opens connections. This one method is all that a custom transport has to implement.
/// </summary>
/// <remarks>Thread-safe. It is called for each attempt, so that addresses and credentials are fresh every time.</remarks>
public interface ITransportFactory
{
    /// <summary>Opens a connection to the endpoint, or throws a <see cref="Diagnostics.ConnectionException"/> and leaves nothing open.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="cancellationToken">Ends the attempt; the caller's deadline is behind it.</param>
    ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken);
}
