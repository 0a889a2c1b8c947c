using System;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Connections.Managing;

/// <summary>A middleware of delegates: one before a request, one after it.</summary>
/// <param name="before">Called before; may change the payload. Null for nothing.</param>
/// <param name="after">Called after, with the reply or the failure; null for nothing.</param>
public sealed class RequestHooks(Action<RequestContext>? before = null, Action<RequestContext, JsonReply?, Exception?>? after = null) : IRequestMiddleware
{
    /// <inheritdoc/>
    public async ValueTask<JsonReply> InvokeAsync(RequestContext context, RequestStep next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        before?.Invoke(context);
        JsonReply reply;
        try
        {
            reply = await next(context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            after?.Invoke(context, null, e);
            throw;
        }

        after?.Invoke(context, reply, null);
        return reply;
    }
}
