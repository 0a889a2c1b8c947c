using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Transport;

namespace PerfConn.Connections.Parallel;

/// <summary>One call of <see cref="ParallelConnector"/>: a task for each endpoint, a gate that lets so many of them try at a time, and the count of what they achieved.</summary>
internal sealed partial class ParallelRun<T>
    where T : class, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<Endpoint, CancellationToken, ValueTask<T>> _connect;
    private readonly ParallelConnectOptions _options;
    private readonly IProgress<ParallelConnectProgress>? _progress;
    private readonly TimeProvider _time;
    private readonly Try[] _tries;
    private readonly int _seed;
    private readonly long _start;
    private int _connected;
    private int _failed;
    private int _inFlight;

    public ParallelRun(
        Endpoint[] endpoints, Func<Endpoint, CancellationToken, ValueTask<T>> connect, ParallelConnectOptions options, IProgress<ParallelConnectProgress>? progress)
    {
        _connect = connect;
        _options = options;
        _progress = progress;
        _time = options.TimeProvider;
        _tries = [.. endpoints.Select((endpoint, index) => new Try(index, endpoint))];
        _seed = options.JitterSeed ?? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
        _start = _time.GetTimestamp();
    }

    /// <summary>Whether attempts are ended when their time is up. Default: true; false when what connects is a line, which keeps its own time and heeds its token.</summary>
    public bool KeepsTime { get; init; } = true;

    private TimeSpan Elapsed => _time.GetElapsedTime(_start);

    public async Task<ParallelConnectResult<T>> RunAsync(CancellationToken cancellationToken)
    {
        // Cancelled by the caller, or when enough have connected.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using (var gate = new SemaphoreSlim(_options.MaxConcurrency))
        {
            await Task.WhenAll(_tries.Select(attempt => TryAsync(attempt, gate, _options.Retry, stop))).ConfigureAwait(false);
        }

        bool isOneByOne = _options.FallsBackToOneByOne && _connected < (_options.Required ?? 1) && !stop.IsCancellationRequested;
        if (isOneByOne)
        {
            await OneByOneAsync(stop).ConfigureAwait(false);
        }

        // Given up, unless it was over before: then the caller gets what there is.
        if (cancellationToken.IsCancellationRequested && _connected < (_options.Required ?? _tries.Length) && _tries.Any(attempt => attempt.Status == ConnectStatus.Abandoned))
        {
            foreach (Try attempt in _tries.Where(attempt => attempt.Connection is not null))
            {
                await CloseAsync(attempt.Connection!).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        return new ParallelConnectResult<T>([.. _tries.Select(attempt => attempt.Outcome())], _options.Required ?? 1, isOneByOne, Elapsed);
    }

    private async Task OneByOneAsync(CancellationTokenSource stop)
    {
        // What would only be refused again is not asked again.
        Report(ParallelConnectStep.OneByOne, null);
        using var gate = new SemaphoreSlim(1);
        foreach (Try attempt in _tries.Where(attempt => attempt.Status == ConnectStatus.Failed && LossKinds.ClassOf(attempt.Error!) != RetryClass.Fatal))
        {
            TimeSpan wait = attempt.NotBefore - Elapsed;
            if (wait > _options.MaxRetryAfter)
            {
                continue;
            }

            lock (_lock)
            {
                _failed--;
            }

            if (wait > TimeSpan.Zero)
            {
                // Rounded up: a timer counts whole milliseconds and drops the rest.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await TryAsync(attempt, gate, Retry.None, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Attempts at one endpoint until it is connected, has failed, or is not needed any more.</summary>
    private async Task TryAsync(Try attempt, SemaphoreSlim gate, Retry retry, CancellationTokenSource stop)
    {
        RetrySequence? sequence = null;
        while (true)
        {
            ConnectionException? error;
            try
            {
                error = await OnceAsync(attempt, gate, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                Finish(attempt, ConnectStatus.Abandoned, attempt.Error);
                return;
            }

            if (error is null)
            {
                return;
            }

            error.Attempt = attempt.Attempts;
            attempt.Error = error;
            sequence ??= new RetrySequence(retry, new Random(_seed ^ attempt.Index), _time);
            if (DelayAfter(attempt, error, retry, sequence) is not { } delay)
            {
                Finish(attempt, ConnectStatus.Failed, attempt.Error);
                return;
            }

            Report(ParallelConnectStep.AttemptFailed, attempt, error, delay);
            await Task.Delay(delay, _time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The wait before the next attempt; null when there is none.</summary>
    private TimeSpan? DelayAfter(Try attempt, ConnectionException error, Retry retry, RetrySequence sequence)
    {
        if (!retry.IsCustom && LossKinds.ClassOf(error) == RetryClass.Fatal)
        {
            return null;
        }

        TimeSpan asked = (error as HandshakeException)?.RetryAfter ?? (error as EndpointsUnavailableException)?.RetryAfter ?? TimeSpan.Zero;
        attempt.NotBefore = Elapsed + asked;
        if (asked > _options.MaxRetryAfter)
        {
            return null;
        }

        RetryStep step = sequence.Next(error);
        if (step.Fault is { } fault)
        {
            attempt.Error = new RetryStrategyException(attempt.Endpoint.Url, fault.Message, fault);
            return null;
        }

        return !step.IsRetry ? null : step.Delay > asked ? step.Delay : asked;
    }

    /// <summary>One attempt; gives its failure. Null when it is connected, or not needed any more.</summary>
    private async Task<ConnectionException?> OnceAsync(Try attempt, SemaphoreSlim gate, CancellationTokenSource stop)
    {
        await gate.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            if (KeepsTime)
            {
                // In the order given up to here; from here on side by side, also where connecting takes a thread. A line takes none.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            if (_options.ConnectRate is { } rate)
            {
                await rate.WaitAsync(attempt.Attempts > 0, stop.Token).ConfigureAwait(false);
            }

            stop.Token.ThrowIfCancellationRequested();
            Begin(attempt);
            try
            {
                await ClaimAsync(attempt, await ConnectAsync(attempt.Endpoint, stop.Token).ConfigureAwait(false), stop).ConfigureAwait(false);
                return null;
            }
            catch (Exception e) when (!(e is OperationCanceledException && stop.IsCancellationRequested))
            {
                return Typed(attempt.Endpoint, e);
            }
            finally
            {
                End();
            }
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<T> ConnectAsync(Endpoint endpoint, CancellationToken stop)
    {
        if (!KeepsTime)
        {
            return await _connect(endpoint, stop).ConfigureAwait(false);
        }

        var deadline = new CancellationTokenSource(_options.AttemptTimeout, _time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        CancellationToken token = either.Token;
        Task<T> connecting = ConnectAsync(endpoint, deadline, either);
        try
        {
            return await connecting.WaitAsync(token).ConfigureAwait(false) ?? throw new ConnectionException(endpoint.Url, "connecting has given no connection");
        }
        catch (Exception e) when (token.IsCancellationRequested)
        {
            // Also when it has just come through: it is too late.
            _ = CloseLateAsync(connecting);
            stop.ThrowIfCancellationRequested();
            throw new ConnectTimeoutException(endpoint.Url, FormattableString.Invariant($"no connection within {_options.AttemptTimeout.TotalSeconds:0.###} s"), e);
        }
    }

    /// <summary>Lives as long as what connects does, and its clock with it.</summary>
    private async Task<T> ConnectAsync(Endpoint endpoint, CancellationTokenSource deadline, CancellationTokenSource either)
    {
        using (deadline)
        using (either)
        {
            return await _connect(endpoint, either.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Counts a connection, or closes it when enough others were faster.</summary>
    private async Task ClaimAsync(Try attempt, T connection, CancellationTokenSource stop)
    {
        bool isNeeded;
        bool isLast;
        lock (_lock)
        {
            isNeeded = _options.Required is not { } required || _connected < required;
            _connected += isNeeded ? 1 : 0;
            isLast = _connected == _options.Required;
        }

        if (!isNeeded)
        {
            await CloseAsync(connection).ConfigureAwait(false);
            Finish(attempt, ConnectStatus.Abandoned, attempt.Error);
            return;
        }

        attempt.Connection = connection;
        Finish(attempt, ConnectStatus.Connected, null);
        if (isLast)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private static ConnectionException Typed(Endpoint endpoint, Exception error)
    {
        if (error is ConnectionException typed)
        {
            return typed;
        }

        Exception cause = Redactor.Redact(error, endpoint.Secrets());
        return new ConnectionException(endpoint.Url, cause.Message, cause);
    }

    private static async Task CloseLateAsync(Task<T> connecting)
    {
        try
        {
            await CloseAsync(await connecting.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It has come to nothing, which is what was wanted.
        }
    }

    private static async ValueTask CloseAsync(T connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It is the user's type; that it cannot be closed changes nothing for the others.
        }
    }
}
