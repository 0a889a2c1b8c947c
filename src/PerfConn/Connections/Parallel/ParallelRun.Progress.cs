using System;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Connections.Parallel;

/// <content>What has happened by now, and who is told.</content>
internal sealed partial class ParallelRun<T>
{
    private void Begin(Try attempt)
    {
        lock (_lock)
        {
            attempt.Attempts++;
            _inFlight++;
        }

        Report(ParallelConnectStep.AttemptStarted, attempt);
    }

    private void End()
    {
        lock (_lock)
        {
            _inFlight--;
        }
    }

    private void Finish(Try attempt, ConnectStatus status, ConnectionException? error)
    {
        lock (_lock)
        {
            attempt.Status = status;
            attempt.Error = error;
            attempt.Elapsed = Elapsed;
            _failed += status == ConnectStatus.Failed ? 1 : 0;
        }

        Report(
            status switch
            {
                ConnectStatus.Connected => ParallelConnectStep.Connected,
                ConnectStatus.Failed => ParallelConnectStep.Failed,
                _ => ParallelConnectStep.Abandoned,
            },
            attempt,
            error);
    }

    private void Report(ParallelConnectStep step, Try? attempt, ConnectionException? error = null, TimeSpan? retryIn = null)
    {
        if (_progress is null)
        {
            return;
        }

        ParallelConnectProgress report;
        lock (_lock)
        {
            report = new ParallelConnectProgress(
                step, attempt?.Index ?? -1, attempt?.Endpoint, attempt?.Attempts ?? 0, error, retryIn, _tries.Length, _connected, _failed, _inFlight, Elapsed);
        }

        try
        {
            _progress.Report(report);
        }
        catch (Exception)
        {
            // The user's code, and not what the connections depend on.
        }
    }

    /// <summary>An endpoint and how far it has come.</summary>
    private sealed class Try(int index, Endpoint endpoint)
    {
        public int Index => index;

        public Endpoint Endpoint => endpoint;

        public ConnectionException? Error { get; set; }

        public int Attempts { get; set; }

        public ConnectStatus Status { get; set; } = ConnectStatus.Abandoned;

        public T? Connection { get; set; }

        public TimeSpan Elapsed { get; set; }

        /// <summary>Before this time of the run the venue does not want to be asked.</summary>
        public TimeSpan NotBefore { get; set; }

        public ConnectOutcome<T> Outcome() => new(index, endpoint, Status, Connection, Error, Attempts, Elapsed);
    }
}
