using System;
using System.Collections.Generic;

namespace PerfConn.Diagnostics;

/// <summary>No address could be connected to. The message names each address that was tried and why it failed.</summary>
public class ConnectException : NetworkException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectException()
        : base("No address could be connected to.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and every attempt, in the order in which they failed.</summary>
    public ConnectException(Uri endpoint, IReadOnlyList<ConnectAttempt> attempts)
        : base(endpoint, "could not connect: " + string.Join("; ", attempts), CauseOf(attempts)) => Attempts = attempts;

    /// <summary>Every address that was tried, in the order in which they failed.</summary>
    public IReadOnlyList<ConnectAttempt> Attempts { get; } = [];

    private static Exception CauseOf(IReadOnlyList<ConnectAttempt> attempts)
    {
        if (attempts.Count == 1)
        {
            return attempts[0].Error;
        }

        var causes = new Exception[attempts.Count];
        for (int i = 0; i < causes.Length; i++)
        {
            causes[i] = attempts[i].Error;
        }

        return new AggregateException(causes);
    }
}
