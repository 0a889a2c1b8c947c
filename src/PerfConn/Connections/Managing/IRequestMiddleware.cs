using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Connections.Managing;

/// <summary>Stands around requests: sees, and may change, what is sent; sees what came of it. Several stand around each other, the first outermost.</summary>
/// <remarks>
/// Runs on the caller's thread and its continuations, of any number of callers at once. What it throws its caller gets. <see cref="RequestHooks"/> makes one of delegates.
/// </remarks>
public interface IRequestMiddleware
{
    /// <summary>Called in place of the request; calls <paramref name="next"/> to have it made, once, more than once, or not at all.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What follows; gives the reply, or throws what the request failed of.</param>
    /// <param name="cancellationToken">The caller's.</param>
    ValueTask<JsonReply> InvokeAsync(RequestContext context, RequestStep next, CancellationToken cancellationToken);
}
