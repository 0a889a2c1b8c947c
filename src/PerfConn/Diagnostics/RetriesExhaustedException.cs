using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>Attempts ended without success because no more were allowed: their number or their budget was used up. The inner exception is the last one's failure.</summary>
public class RetriesExhaustedException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public RetriesExhaustedException()
        : base("No more attempts are allowed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RetriesExhaustedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RetriesExhaustedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and the figures.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="why">Which bound ended the attempts.</param>
    /// <param name="retries">Retries in the row that ended so.</param>
    /// <param name="elapsed">From the row's first failure to its last.</param>
    /// <param name="last">The last failure.</param>
    public RetriesExhaustedException(Uri endpoint, string why, int retries, TimeSpan elapsed, Exception? last)
        : base(endpoint, string.Create(
            CultureInfo.InvariantCulture,
            $"given up after {retries} {(retries == 1 ? "retry" : "retries")} in {elapsed.TotalSeconds:0.###} s: {why}{(last is null ? "" : "; the last failure: " + last.Message)}"), last)
    {
        Retries = retries;
        Elapsed = elapsed;
    }

    /// <summary>Retries in the row that ended so.</summary>
    public int Retries { get; }

    /// <summary>From the row's first failure to its last.</summary>
    public TimeSpan Elapsed { get; }
}
