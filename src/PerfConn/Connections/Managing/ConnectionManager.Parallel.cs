using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Parallel;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Connections.Managing;

/// <content>Many connections at once.</content>
public sealed partial class ConnectionManager
{
    /// <summary>Makes a connection to each endpoint, so many at a time.</summary>
    /// <param name="endpoints">Where to; at least one.</param>
    /// <param name="options">Concurrency, retry and how many are enough; null for the defaults.</param>
    /// <param name="progress">Told what happens while it happens, on the threads that connect; what it throws is dropped. Default: nobody.</param>
    /// <param name="cancellationToken">Gives it all up.</param>
    /// <inheritdoc cref="ConnectParallelAsync(IReadOnlyList{ConnectionOptions}, ParallelConnectOptions, IProgress{ParallelConnectProgress}, CancellationToken)"/>
    public Task<ParallelConnectResult<ManagedConnection>> ConnectParallelAsync(
        IReadOnlyList<Endpoint> endpoints,
        ParallelConnectOptions? options = null,
        IProgress<ParallelConnectProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return ConnectParallelAsync([.. endpoints.Select(endpoint => new ConnectionOptions { Endpoint = endpoint })], options, progress, cancellationToken);
    }

    /// <summary>Makes connections, so many at a time, each with settings of its own.</summary>
    /// <param name="connections">Their settings; at least one. Their lines' connect timeout is that of <paramref name="options"/>, and their connect rate too unless they have one.</param>
    /// <param name="options">Concurrency, retry and how many are enough; null for the defaults.</param>
    /// <param name="progress">Told what happens while it happens, on the threads that connect; what it throws is dropped. Default: nobody.</param>
    /// <param name="cancellationToken">Gives it all up.</param>
    /// <returns>
    /// One outcome for each, in the order given, in which they have their numbers, too. Failures are outcomes; those connections the manager does not keep.
    /// </returns>
    /// <exception cref="InvalidOptionsException">There is nothing to connect, or an option is out of range; all that is wrong is named. Nothing was opened.</exception>
    /// <exception cref="OperationCanceledException">It was given up. Nothing of it stays.</exception>
    public async Task<ParallelConnectResult<ManagedConnection>> ConnectParallelAsync(
        IReadOnlyList<ConnectionOptions> connections,
        ParallelConnectOptions? options = null,
        IProgress<ParallelConnectProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connections);
        options ??= new ParallelConnectOptions();
        Check(connections, options).Throw();
        ManagedConnection[] made = [.. connections.Select(each => Get(Add(Within(each, options))))];

        // An endpoint may be in the list twice; each connection's own instance tells them apart.
        var byEndpoint = new Dictionary<Endpoint, ManagedConnection>(ReferenceEqualityComparer.Instance);
        Endpoint[] endpoints = [.. made.Select(each => each.Endpoint with { })];
        for (int i = 0; i < made.Length; i++)
        {
            byEndpoint.Add(endpoints[i], made[i]);
        }

        try
        {
            // Lines keep their time and wait for their place themselves; to do so here too would count each connect twice.
            var run = new ParallelRun<ManagedConnection>(endpoints, ConnectAsync, options with { ConnectRate = null }, progress) { KeepsTime = false };
            ParallelConnectResult<ManagedConnection> result = await run.RunAsync(cancellationToken).ConfigureAwait(false);
            await KeepAsync(made, result.Connections).ConfigureAwait(false);
            return result;
        }
        catch
        {
            await KeepAsync(made, []).ConfigureAwait(false);
            throw;
        }

        async ValueTask<ManagedConnection> ConnectAsync(Endpoint endpoint, CancellationToken token)
        {
            ManagedConnection connection = byEndpoint[endpoint];
            await connection.ConnectAsync(token).ConfigureAwait(false);
            return connection;
        }
    }

    private static OptionsCheck Check(IReadOnlyList<ConnectionOptions> connections, ParallelConnectOptions options)
    {
        var check = new OptionsCheck();
        check.That(connections.Count > 0, "connections must not be empty");
        for (int i = 0; i < connections.Count; i++)
        {
            check.NotNull(connections[i], FormattableString.Invariant($"connections[{i}]"))
                .Nested(connections[i], static (each, errors) => each.Check(errors), FormattableString.Invariant($"connections[{i}]"));
        }

        options.Check(check, connections.Count);
        return check;
    }

    private static ConnectionOptions Within(ConnectionOptions connection, ParallelConnectOptions options) => connection with
    {
        Line = connection.Line with { ConnectTimeout = options.AttemptTimeout, ConnectRate = connection.Line.ConnectRate ?? options.ConnectRate },
    };

    /// <summary>Lets go of those that have not been connected. When one of them was to be the default, the first that is connected takes its place.</summary>
    private async Task KeepAsync(ManagedConnection[] made, IReadOnlyList<ManagedConnection> connected)
    {
        ManagedConnection[] failed = [.. made.Except(connected)];
        foreach (ManagedConnection connection in failed)
        {
            GiveUpDefault(connection.Id);
        }

        if (connected.Count > 0)
        {
            TakeDefault(connected[0].Id);
        }

        await Task.WhenAll(failed.Select(RemoveAsync)).ConfigureAwait(false);
    }
}
