using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Connects to the first of several addresses that answers (RFC 8305 section 5): one attempt after the other, the next one a delay later or as soon as one has
/// failed. When the race is over no other socket is left.
/// </summary>
/// <remarks>
/// An attempt that blocks does so on a thread of its own. One thread with non-blocking connects would be cheaper, but the runtime never gives a socket back
/// its native blocking mode: it emulates it through the engine that <see cref="ReceiveMode.Thread"/> is there to avoid. The threads live as long as the race.
/// </remarks>
internal sealed class ConnectRace(SocketTransportOptions options, bool blocks)
{
    /// <summary>Milliseconds that a blocking connect to a Unix domain socket may wait (<c>SO_SNDTIMEO</c>, unix(7)).</summary>
    private const int UnixQueueTimeout = 100;

    private readonly List<ConnectAttempt> _failures = [];
    private readonly List<EndPoint> _running = [];

    /// <summary>The attempts that have failed so far.</summary>
    public IReadOnlyList<ConnectAttempt> Failures => _failures;

    /// <summary>What has been tried and what is still being tried, in one line.</summary>
    public string Progress()
    {
        var words = new List<string>();
        foreach (EndPoint target in _running)
        {
            words.Add($"{target} still trying");
        }

        foreach (ConnectAttempt failure in _failures)
        {
            words.Add(failure.ToString());
        }

        return string.Join("; ", words);
    }

    /// <summary>The first connection; null when every attempt has failed.</summary>
    public Task<RaceResult?> RunAsync(IReadOnlyList<EndPoint> targets, CancellationToken cancellationToken) =>
        targets.Count == 1 ? RunAloneAsync(targets[0], cancellationToken) : RunAllAsync(targets, cancellationToken);

    /// <summary>One runner is no race: no clock, no sources to cancel the others by. Most connects are this one.</summary>
    private async Task<RaceResult?> RunAloneAsync(EndPoint target, CancellationToken cancellationToken)
    {
        _running.Add(target);
        RaceResult result = await TryAsync(target, cancellationToken).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            result.Socket?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (result.Error is null)
        {
            return result;
        }

        OnFailed(result);
        return null;
    }

    private async Task<RaceResult?> RunAllAsync(IReadOnlyList<EndPoint> targets, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<RaceResult>>();
        try
        {
            for (int next = 0; next < targets.Count || running.Count > 0;)
            {
                EndPoint? target = next < targets.Count ? targets[next++] : null;
                RaceResult? winner = await NextMoveAsync(running, target, mayStartAnother: next < targets.Count, end.Token).ConfigureAwait(false);
                if (winner is not null)
                {
                    return winner;
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            return null;
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            foreach (Task<RaceResult> loser in running)
            {
                (await loser.ConfigureAwait(false)).Socket?.Dispose();
            }
        }
    }

    /// <summary>
    /// Starts an attempt, if there is one, and waits until somebody has won, or another attempt is due, or none is left. Takes finished attempts off the list; a winner is
    /// the caller's.
    /// </summary>
    private async Task<RaceResult?> NextMoveAsync(List<Task<RaceResult>> running, EndPoint? target, bool mayStartAnother, CancellationToken cancellationToken)
    {
        // The delay runs before the attempt is made: the first one of a process takes 15 to 45 ms until its SYN goes (the runtime loads its sockets), and
        // behind a dead address those would come on top.
        using var moved = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task delay = Task.Delay(mayStartAnother ? options.AttemptDelay : Timeout.InfiniteTimeSpan, options.TimeProvider, moved.Token);
        if (target is not null)
        {
            _running.Add(target);
            running.Add(TryAsync(target, cancellationToken));
        }

        try
        {
            while (true)
            {
                Task first = await Task.WhenAny([.. running, delay]).ConfigureAwait(false);
                if (first is not Task<RaceResult> finished || cancellationToken.IsCancellationRequested)
                {
                    return null;
                }

                RaceResult result = await finished.ConfigureAwait(false);
                running.Remove(finished);
                if (result.Error is null)
                {
                    return result;
                }

                OnFailed(result);
                if (mayStartAnother || running.Count == 0)
                {
                    return null;
                }
            }
        }
        finally
        {
            await moved.CancelAsync().ConfigureAwait(false);
        }
    }

    private void OnFailed(in RaceResult result)
    {
        _running.Remove(result.Target);
        _failures.Add(new ConnectAttempt(result.Target, SocketFailure.Describe(result.Error!), result.Error!));
    }

    /// <summary>One attempt. It never throws, and has closed its socket when it fails.</summary>
    private async Task<RaceResult> TryAsync(EndPoint target, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTuning.Open(target, options);
            if (blocks)
            {
                if (target is UnixDomainSocketEndPoint)
                {
                    // It waits for room in the listener's queue, where closing the socket does not end it and would itself wait. An asynchronous connect
                    // finds no room and fails at once; so does this, nearly.
                    socket.SendTimeout = UnixQueueTimeout;
                }

                await BorrowedThread.RunAsync(socket, () => socket.Connect(target), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            }

            return new RaceResult(target, socket, null);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            return new RaceResult(target, null, e);
        }
    }
}
