using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Connections.Parallel;

/// <summary>What came of connecting to several endpoints. Some may have failed: that is a result, not an exception. The connections are the caller's to close.</summary>
/// <typeparam name="T">What a connection is.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ParallelConnectResult<T> : IAsyncDisposable
    where T : class, IAsyncDisposable
{
    internal ParallelConnectResult(IReadOnlyList<ConnectOutcome<T>> outcomes, int required, bool wasOneByOne, TimeSpan elapsed)
    {
        Outcomes = outcomes;
        Connections = [.. outcomes.Where(outcome => outcome.Connection is not null).Select(outcome => outcome.Connection!)];
        Required = required;
        WasOneByOne = wasOneByOne;
        Elapsed = elapsed;
    }

    /// <summary>One outcome for each endpoint, in the order given.</summary>
    public IReadOnlyList<ConnectOutcome<T>> Outcomes { get; }

    /// <summary>The connections, in the order of their endpoints.</summary>
    public IReadOnlyList<T> Connections { get; }

    /// <summary>Connections that were enough: as asked for, else 1.</summary>
    public int Required { get; }

    /// <summary>Whether there are as many.</summary>
    public bool IsEnough => Connections.Count >= Required;

    /// <summary>Whether what had failed was tried once more, one by one.</summary>
    public bool WasOneByOne { get; }

    /// <summary>How long it all took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Throws when there are too few connections. Those that there are stay open.</summary>
    /// <exception cref="AllConnectionsFailedException">There are too few; it has every cause.</exception>
    public void ThrowIfFailed()
    {
        if (!IsEnough)
        {
            throw new AllConnectionsFailedException(
                Connections.Count, Required, [.. Outcomes.Where(outcome => outcome.Status == ConnectStatus.Failed).Select(outcome => outcome.Error!)]);
        }
    }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (T connection in Connections)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A summary: how many are connected, and what the others failed of.</summary>
    public override string ToString()
    {
        int abandoned = Outcomes.Count(outcome => outcome.Status == ConnectStatus.Abandoned);
        IEnumerable<string> failures = Outcomes
            .Where(outcome => outcome.Status == ConnectStatus.Failed)
            .Select(outcome => $"; {outcome.Endpoint} failed in {outcome.Attempts} {(outcome.Attempts == 1 ? "attempt" : "attempts")}: {outcome.Error!.Message}");
        return string.Create(CultureInfo.InvariantCulture, $"{Connections.Count} of {Outcomes.Count} connected in {Elapsed.TotalSeconds:0.###} s")
            + (WasOneByOne ? ", at last one by one" : "") + (abandoned > 0 ? $", {abandoned} not needed" : "") + string.Concat(failures);
    }
}
