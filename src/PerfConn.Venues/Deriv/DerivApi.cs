using System;
using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Managing;

namespace PerfConn.Venues.Deriv;

/// <summary>Deriv's calls by their names, over the connections of a <see cref="ConnectionManager"/>. Each takes a connection's number; without one it goes to the default connection.</summary>
/// <remarks>
/// Thread-safe. A refusal is a <see cref="Diagnostics.RequestRefusedException"/> with Deriv's code and words. What has no name here goes through
/// <see cref="SendAsync"/>. Login does not survive a reconnect by itself: authorize again when the connection tells that it is back, or log in through <see cref="PerfConn.Connections.LineOptions.LogIn"/>.
/// </remarks>
/// <param name="connections">The connections; they stay the caller's.</param>
public sealed class DerivApi(ConnectionManager connections)
{
    /// <summary>The connections.</summary>
    public ConnectionManager Connections => connections;

    /// <summary>Makes a connection and connects it.</summary>
    /// <exception cref="Diagnostics.ConnectionException">It could not be connected.</exception>
    public Task<ConnectionId> ConnectAsync(DerivOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return connections.CreateAsync(options.ToConnection(), cancellationToken);
    }

    /// <summary>Any call, as JSON without a <c>req_id</c>.</summary>
    public ValueTask<JsonReply> SendAsync(string json, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        connections.RequestAsync(json, connection, null, cancellationToken);

    /// <summary><c>ping</c>: the venue answers.</summary>
    public ValueTask<JsonReply> PingAsync(ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        SendAsync("""{"ping":1}""", connection, cancellationToken);

    /// <summary><c>authorize</c>: logs this connection in.</summary>
    public ValueTask<JsonReply> AuthorizeAsync(string token, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        connections.RequestAsync(Write("authorize", token), connection, null, cancellationToken);

    /// <summary><c>buy</c>: buys a contract by the id of a proposal, or a contract's parameters that are given apart.</summary>
    /// <param name="proposalId">The proposal's id.</param>
    /// <param name="price">Highest price to pay.</param>
    /// <param name="connection">The connection; null for the default one.</param>
    /// <param name="cancellationToken">Gives up waiting; whether the contract has been bought is then not known.</param>
    public ValueTask<JsonReply> BuyAsync(string proposalId, decimal price, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        connections.RequestAsync(Write("buy", proposalId, price), connection, null, cancellationToken);

    /// <summary><c>ticks</c> as a stream.</summary>
    /// <param name="symbol">The symbol, such as R_100.</param>
    /// <param name="connection">The connection; null for the default one.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public Task<ManagedSubscription> TicksAsync(string symbol, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        connections.Get(connection).SubscribeAsync(Write("ticks", symbol), null, cancellationToken);

    /// <summary>Any stream, as JSON; <c>subscribe</c> is added.</summary>
    public Task<ManagedSubscription> SubscribeAsync(string json, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        connections.SubscribeAsync(json, connection, null, cancellationToken);

    /// <summary><c>forget</c>: ends a stream by the venue's id of it. To leave a stream of one's own, dispose of it.</summary>
    public Task<JsonReply> ForgetAsync(string subscriptionId, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        connections.Get(connection).ForgetAsync(subscriptionId, cancellationToken);

    /// <summary><c>forget_all</c>: ends all streams of a kind, such as ticks.</summary>
    public Task<JsonReply> ForgetAllAsync(string kind, ConnectionId? connection = null, CancellationToken cancellationToken = default) =>
        connections.ForgetAllAsync(kind, connection, cancellationToken);

    /// <summary>Closes a connection for good; without a number the default one.</summary>
    public Task DisconnectAsync(ConnectionId? connection = null) => connections.DisconnectAsync(connection);

    /// <summary>Closes all connections.</summary>
    public Task DisconnectAllAsync() => connections.DisconnectAllAsync();

    private static ReadOnlyMemory<byte> Write(string name, string value, decimal? price = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString(Encoding.UTF8.GetBytes(name), value);
            if (price is { } highest)
            {
                writer.WriteNumber("price"u8, highest);
            }

            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }
}
