using System;
using System.Collections.Generic;
using System.Linq;

namespace PerfConn.Diagnostics;

/// <summary>Of several connections asked for, too few could be made. The inner exception holds every cause.</summary>
public class AllConnectionsFailedException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public AllConnectionsFailedException()
        : base("No connection could be made.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public AllConnectionsFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public AllConnectionsFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that holds every cause.</summary>
    /// <param name="connected">Connections that were made.</param>
    /// <param name="required">Connections that were needed.</param>
    /// <param name="causes">Why each of the others failed, in the order of the endpoints.</param>
    public AllConnectionsFailedException(int connected, int required, IReadOnlyList<ConnectionException> causes)
        : base(
            $"{(connected == 0 ? "no connection could be made" : $"{connected} of the {required} connections needed could be made")}; {string.Join("; ", causes.Select(cause => cause.Message))}",
            new AggregateException(causes)) => Causes = causes;

    /// <summary>Why each connection failed, in the order of the endpoints.</summary>
    public IReadOnlyList<ConnectionException> Causes { get; } = [];
}
