using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;

namespace PerfConn.Connections.Managing;

/// <summary>
/// Many connections, each with a number: made, found, asked, watched and closed by it. The first one made is number 0 and the default: every call without a number goes to it.
/// </summary>
/// <remarks>
/// <para>Thread-safe. No lock is held while anything is connected, so making one connection never holds up another.</para>
/// <para>Numbers are never given twice. When the default connection is closed, calls without a number fail with an <see cref="UnknownConnectionException"/> that names it, until
/// <see cref="Default"/> names another: a request must not wander to another account by itself.</para>
/// <para>A connection whose line has ended by itself, by the peer's close or because its retries are used up, stays in the manager with its cause, and can be connected again
/// (<see cref="ManagedConnection.ConnectAsync"/>). One that was closed here is gone for good.</para>
/// </remarks>
[DebuggerDisplay("{Count} connections")]
public sealed partial class ConnectionManager : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, ManagedConnection> _connections = new();
    private readonly ConnectionManagerOptions _options;
    private readonly IDisposable? _network;
    private int _next = -1;
    private int _default;
    private int _isDefaultTaken;
    private int _isDisposed;

    /// <summary>Makes a manager without connections.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range; all that is wrong is named.</exception>
    public ConnectionManager(ConnectionManagerOptions? options = null)
    {
        _options = options ?? new ConnectionManagerOptions();
        _options.Validate();
        Hub = new EventHub { OnObserverFailed = OnObserverFailed };
        Events = new EventStream(Hub, _options.EventCapacity);
        Errors = Events.Where(static what => what is ConnectFailed or ConnectionError or LineLost or LineReconnectFailed or LineRetriesExhausted or LineRotationFailed
            or LineSubscriptionLost or LineClosed { End.Error: not null });
        _network = _options.Network?.Watch(OnNetworkChanged);
    }

    /// <summary>What happens on all connections, and with them. Ends when the manager is disposed of.</summary>
    public EventStream Events { get; }

    /// <summary>Those of the events that tell of a failure.</summary>
    public EventStream Errors { get; }

    /// <summary>Connections that it has, connected or not.</summary>
    public int Count => _connections.Count;

    /// <summary>Where calls without a number go. Default: 0, the first connection made.</summary>
    public ConnectionId Default
    {
        get => Volatile.Read(ref _default);
        set
        {
            Volatile.Write(ref _isDefaultTaken, 1);
            Volatile.Write(ref _default, value);
        }
    }

    internal EventHub Hub { get; }

    /// <summary>Makes a connection, without connecting it yet.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range; all that is wrong is named.</exception>
    /// <exception cref="ObjectDisposedException">The manager is disposed of.</exception>
    public ConnectionId Add(ConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        ConnectionId id = Interlocked.Increment(ref _next);
        var connection = new ManagedConnection(this, _options, id, options);
        _connections[id] = connection;
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            // Disposed of meanwhile, and perhaps not seen there.
            _ = RemoveAsync(connection);
            throw new ObjectDisposedException(nameof(ConnectionManager));
        }

        TakeDefault(id);
        connection.Tell(new ConnectionCreated());
        return id;
    }

    /// <summary>Makes a connection and connects it; it is ready when this returns.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOptionsException">An option is out of range; all that is wrong is named.</exception>
    /// <exception cref="ConnectionException">It could not be connected; the type says why. The manager does not have it then, and its number stays unused; was it the first, the next one made is the default.</exception>
    public async Task<ConnectionId> CreateAsync(ConnectionOptions options, CancellationToken cancellationToken = default)
    {
        ConnectionId id = Add(options);
        ManagedConnection connection = Get(id);
        try
        {
            await connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return id;
        }
        catch
        {
            GiveUpDefault(id);
            await RemoveAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The connection of this number.</summary>
    /// <param name="id">The number; null for <see cref="Default"/>.</param>
    /// <exception cref="UnknownConnectionException">There is none, or it is closed; the exception names the number.</exception>
    public ManagedConnection Get(ConnectionId? id = null)
    {
        ConnectionId wanted = id ?? Default;
        return TryGet(wanted, out ManagedConnection? connection)
            ? connection
            : throw new UnknownConnectionException(wanted, isClosed: wanted >= 0 && wanted <= Volatile.Read(ref _next));
    }

    /// <summary>The connection of this number; false when there is none, or it is closed.</summary>
    public bool TryGet(ConnectionId id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ManagedConnection? connection) => _connections.TryGetValue(id, out connection);

    /// <summary>All connections, in the order of their numbers.</summary>
    public IReadOnlyList<ManagedConnection> GetAll() => [.. _connections.Values.OrderBy(connection => connection.Id.Value)];

    /// <summary>Connects all that are not connected, side by side.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="AllConnectionsFailedException">Some could not be connected; it has every cause. The others are connected, and those may be tried again.</exception>
    public async Task ConnectAllAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ManagedConnection> all = GetAll();
        var failures = new ConnectionException?[all.Count];
        await Task.WhenAll(all.Select(ConnectAsync)).ConfigureAwait(false);
        ConnectionException[] causes = [.. failures.Where(failure => failure is not null)!];
        if (causes.Length > 0)
        {
            throw new AllConnectionsFailedException(all.Count - causes.Length, all.Count, causes);
        }

        async Task ConnectAsync(ManagedConnection connection, int index)
        {
            try
            {
                await connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectionException e)
            {
                failures[index] = e;
            }
        }
    }

    /// <summary>
    /// Closes a connection for good, also while it connects or waits to be made again. When this has returned, nothing of it is open and nothing of it will be told or called any more; its
    /// pending requests have failed.
    /// </summary>
    /// <param name="id">The number; null for <see cref="Default"/>.</param>
    /// <exception cref="UnknownConnectionException">There is none, or it is closed; the exception names the number.</exception>
    public Task DisconnectAsync(ConnectionId? id = null) => RemoveAsync(Get(id));

    /// <summary>Closes all connections, side by side. Others may be made afterwards.</summary>
    public Task DisconnectAllAsync() => Task.WhenAll(_connections.Values.Select(RemoveAsync));

    /// <summary>Closes all connections, and ends the streams of events. It does not wait for observers: they may call it themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _network?.Dispose();
        }

        await DisconnectAllAsync().ConfigureAwait(false);
        Hub.Complete();
    }

    internal async Task RemoveAsync(ManagedConnection connection)
    {
        _connections.TryRemove(connection.Id, out _);
        await connection.CloseAsync().ConfigureAwait(false);
    }

    private void TakeDefault(ConnectionId id)
    {
        if (Interlocked.Exchange(ref _isDefaultTaken, 1) == 0)
        {
            Volatile.Write(ref _default, id);
        }
    }

    /// <summary>It has never been connected, so it has never been the default either: the next takes its place.</summary>
    private void GiveUpDefault(ConnectionId id)
    {
        if (id == Default)
        {
            Volatile.Write(ref _isDefaultTaken, 0);
        }
    }

    private void OnNetworkChanged(bool isAvailable) =>
        Hub.Publish(new NetworkPathChanged(isAvailable) { At = _options.TimeProvider.GetUtcNow() });

    private void OnObserverFailed(Exception error)
    {
        ManagingLog.ObserverFailed(_options.Logger, error, null);
        Hub.Publish(new ConnectionError("an observer threw and is called no more", error) { At = _options.TimeProvider.GetUtcNow() });
    }
}
