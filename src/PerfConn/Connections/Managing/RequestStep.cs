using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Connections.Managing;

/// <summary>What follows on a request's way: the next middleware, or the connection.</summary>
public delegate ValueTask<JsonReply> RequestStep(RequestContext context, CancellationToken cancellationToken);
