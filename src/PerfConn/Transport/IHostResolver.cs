using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport;

/// <summary>Turns a host name into addresses. Asked afresh for every connection attempt, so a change in the DNS takes effect at the next reconnect.</summary>
/// <remarks>Implementations are thread-safe. What they throw reaches the caller of the attempt as a <see cref="Diagnostics.ResolveException"/>.</remarks>
public interface IHostResolver
{
    /// <summary>The addresses of a host, the most wanted first (RFC 6724). Never asked for a host that is an address already.</summary>
    /// <param name="host">The name in the form that goes on the wire (IDNA).</param>
    /// <param name="cancellationToken">Ends the query. A resolver that does not listen to it is left behind.</param>
    ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}
