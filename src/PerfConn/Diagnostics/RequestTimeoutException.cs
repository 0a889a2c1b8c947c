using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>A request was not answered in time. Whether the venue has carried it out is not known, unless it was never sent (<see cref="WasSent"/>).</summary>
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
        : this(endpoint, connectionId, timeout, " was not answered")
    {
    }

    /// <summary>The connection it was sent on, or was to be.</summary>
    public int ConnectionId { get; }

    /// <summary>Whether it was sent: false when it waited all its time for a place in the venue's budget, so that it may be asked again without doubt.</summary>
    public bool WasSent { get; private init; } = true;

    /// <summary>The time that was given.</summary>
    public TimeSpan Timeout { get; }

    internal static RequestTimeoutException BeforeItsTurn(Uri endpoint, int connectionId, TimeSpan timeout) => new(endpoint, connectionId, timeout, " had no place in the venue's budget, and was not sent,")
    {
        WasSent = false,
    };

    private RequestTimeoutException(Uri endpoint, int connectionId, TimeSpan timeout, string what)
        : base(endpoint, string.Create(CultureInfo.InvariantCulture, $"connection {connectionId}: a request{what} within {timeout.TotalSeconds:0.###} s"))
    {
        ConnectionId = connectionId;
        Timeout = timeout;
    }
}
