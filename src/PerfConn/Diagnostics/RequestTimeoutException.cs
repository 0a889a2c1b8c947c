using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>A request was not answered in time. Whether the venue has carried it out is not known.</summary>
public class RequestTimeoutException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public RequestTimeoutException()
        : base("The request was not answered in time.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RequestTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RequestTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint, the connection and the time that was given.</summary>
    public RequestTimeoutException(Uri endpoint, int connectionId, TimeSpan timeout)
        : base(endpoint, string.Create(CultureInfo.InvariantCulture, $"connection {connectionId}: a request was not answered within {timeout.TotalSeconds:0.###} s"))
    {
        ConnectionId = connectionId;
        Timeout = timeout;
    }

    /// <summary>The connection it was sent on.</summary>
    public int ConnectionId { get; }

    /// <summary>The time that was given.</summary>
    public TimeSpan Timeout { get; }
}
