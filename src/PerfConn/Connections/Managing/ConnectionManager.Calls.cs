using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Connections.Managing;

/// <content>Requests and subscriptions by number.</content>
public sealed partial class ConnectionManager
{
    /// <inheritdoc cref="ManagedConnection.RequestAsync"/>
    /// <param name="payload">The request, a JSON object without a number; it must stay as it is until the call completes.</param>
    /// <param name="connection">The connection; null for <see cref="Default"/>.</param>
    /// <param name="timeout">How long it may take; null for <see cref="ConnectionOptions.RequestTimeout"/>.</param>
    /// <param name="cancellationToken">Gives up waiting. Whether the venue has carried the request out is then not known.</param>
    public ValueTask<JsonReply> RequestAsync(
        ReadOnlyMemory<byte> payload, ConnectionId? connection = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        TryFind(connection, out ManagedConnection? found, out UnknownConnectionException? unknown)
            ? found.RequestAsync(payload, timeout, cancellationToken)
            : ValueTask.FromException<JsonReply>(unknown);

    /// <inheritdoc cref="RequestAsync(ReadOnlyMemory{byte}, ConnectionId?, TimeSpan?, CancellationToken)"/>
    /// <param name="json">The request, a JSON object without a number.</param>
    /// <param name="connection">The connection; null for <see cref="Default"/>.</param>
    /// <param name="timeout">How long it may take; null for <see cref="ConnectionOptions.RequestTimeout"/>.</param>
    /// <param name="cancellationToken">Gives up waiting. Whether the venue has carried the request out is then not known.</param>
    public ValueTask<JsonReply> RequestAsync(
        string json, ConnectionId? connection = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        return RequestAsync(Encoding.UTF8.GetBytes(json), connection, timeout, cancellationToken);
    }

    /// <inheritdoc cref="ManagedConnection.SubscribeAsync"/>
    /// <param name="json">The request that subscribes.</param>
    /// <param name="connection">The connection; null for <see cref="Default"/>.</param>
    /// <param name="capacity">Messages that may wait for its reader; null for <see cref="ConnectionManagerOptions.SubscriptionCapacity"/>.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<ManagedSubscription> SubscribeAsync(
        string json, ConnectionId? connection = null, int? capacity = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        return await Get(connection).SubscribeAsync(Encoding.UTF8.GetBytes(json), capacity, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="ManagedConnection.ForgetAllAsync"/>
    /// <param name="kind">The kind in the venue's words.</param>
    /// <param name="connection">The connection; null for <see cref="Default"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the subscriptions have ended here all the same.</param>
    public async Task<JsonReply> ForgetAllAsync(string kind, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        await Get(connection).ForgetAllAsync(kind, cancellationToken).ConfigureAwait(false);

    private bool TryFind(
        ConnectionId? id,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ManagedConnection? connection,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out UnknownConnectionException? unknown)
    {
        ConnectionId wanted = id ?? Default;
        unknown = TryGet(wanted, out connection) ? null : new UnknownConnectionException(wanted, isClosed: wanted >= 0 && wanted <= Volatile.Read(ref _next));
        return unknown is null;
    }
}
