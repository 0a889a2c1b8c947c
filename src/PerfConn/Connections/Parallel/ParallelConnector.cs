using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Connections.Parallel;

/// <summary>Connects to many endpoints at once, so many at a time, and tells what came of each.</summary>
public static class ParallelConnector
{
    /// <summary>Makes a connection of any kind to each endpoint.</summary>
    /// <typeparam name="T">What a connection is.</typeparam>
    /// <param name="endpoints">Where to; at least one.</param>
    /// <param name="connect">
    /// Makes one connection, or throws; on a thread of the pool. One that does not heed its token is not waited for when its time is up; what it brings later is closed.
    /// </param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="progress">Told what happens while it happens, on the threads that connect; what it throws is dropped. Default: nobody.</param>
    /// <param name="cancellationToken">Gives it all up.</param>
    /// <returns>One outcome for each endpoint. Failures are outcomes too; <see cref="ParallelConnectResult{T}.ThrowIfFailed"/> makes them an exception.</returns>
    /// <exception cref="InvalidOptionsException">There is no endpoint, or an option is out of range; all that is wrong is named. Nothing was opened.</exception>
    /// <exception cref="OperationCanceledException">It was given up. Nothing stays open.</exception>
    public static Task<ParallelConnectResult<T>> ConnectAsync<T>(
        IReadOnlyList<Endpoint> endpoints,
        Func<Endpoint, CancellationToken, ValueTask<T>> connect,
        ParallelConnectOptions? options = null,
        IProgress<ParallelConnectProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : class, IAsyncDisposable
    {
        ArgumentNullException.ThrowIfNull(connect);
        options ??= new ParallelConnectOptions();
        Check(endpoints, options).Throw();
        return new ParallelRun<T>([.. endpoints], connect, options, progress).RunAsync(cancellationToken);
    }

    /// <summary>Opens a line of messages to each endpoint. Afterwards the lines live by themselves and come back by their own options.</summary>
    /// <typeparam name="THandler">The handler's type; a struct is compiled into the receive loop.</typeparam>
    /// <param name="endpoints">Where to; at least one.</param>
    /// <param name="handler">Gives the handler of an endpoint's line; asked at each attempt.</param>
    /// <param name="lineOptions">
    /// Settings of the lines; null for the defaults. Their connect timeout is <see cref="ParallelConnectOptions.AttemptTimeout"/>, and without a connect rate of their own they get that of
    /// <paramref name="options"/>. <see cref="LineOptions.Endpoints"/> has no place here.
    /// </param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="progress">Told what happens while it happens, on the threads that connect; what it throws is dropped. Default: nobody.</param>
    /// <param name="cancellationToken">Gives it all up; it has no effect on the lines afterwards.</param>
    /// <returns>One outcome for each endpoint. Failures are outcomes too; <see cref="ParallelConnectResult{T}.ThrowIfFailed"/> makes them an exception.</returns>
    /// <exception cref="InvalidOptionsException">There is no endpoint, or an option is out of range; all that is wrong is named. Nothing was opened.</exception>
    /// <exception cref="OperationCanceledException">It was given up. Nothing stays open.</exception>
    public static Task<ParallelConnectResult<MessageLine>> ConnectLinesAsync<THandler>(
        IReadOnlyList<Endpoint> endpoints,
        Func<Endpoint, THandler> handler,
        LineOptions? lineOptions = null,
        ParallelConnectOptions? options = null,
        IProgress<ParallelConnectProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where THandler : IMessageHandler
    {
        ArgumentNullException.ThrowIfNull(handler);
        options ??= new ParallelConnectOptions();
        lineOptions ??= new LineOptions();
        Check(endpoints, options)
            .That(lineOptions.Endpoints is null, "lineOptions.Endpoints must be null: each line has its endpoint")
            .Nested(lineOptions, static (each, errors) => each.Check(errors))
            .Throw();

        // The line waits for its place and keeps its time itself, here and when it comes back; to do so here too would count each connect twice.
        lineOptions = lineOptions with { ConnectTimeout = options.AttemptTimeout, ConnectRate = lineOptions.ConnectRate ?? options.ConnectRate };
        return new ParallelRun<MessageLine>([.. endpoints], ConnectAsync, options with { ConnectRate = null }, progress) { KeepsTime = false }.RunAsync(cancellationToken);

        async ValueTask<MessageLine> ConnectAsync(Endpoint endpoint, CancellationToken token) =>
            await MessageLine.ConnectAsync(endpoint, handler(endpoint), lineOptions, token).ConfigureAwait(false);
    }

    private static OptionsCheck Check(IReadOnlyList<Endpoint> endpoints, ParallelConnectOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var check = new OptionsCheck();
        check.That(endpoints.Count > 0, "endpoints must not be empty").That(!endpoints.Contains(null!), "endpoints must not hold null");
        options.Check(check, endpoints.Count);
        return check;
    }
}
