using System;

namespace PerfConn.Diagnostics;

/// <summary>The one deadline over name resolution, TCP, TLS and upgrade passed before the line was ready.</summary>
public class ConnectTimeoutException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectTimeoutException()
        : base("The connection attempt timed out.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public ConnectTimeoutException(Uri endpoint, string message, Exception? innerException = null)
        : base(endpoint, message, innerException)
    {
    }
}
