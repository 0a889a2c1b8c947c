using System;

namespace PerfConn.Diagnostics;

/// <summary>The one deadline over name resolution, TCP, proxy, TLS and upgrade passed before the line was ready.</summary>
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

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public ConnectTimeoutException(Uri endpoint, ConnectStage stage, string message, Exception? innerException = null)
        : base(endpoint, message, innerException) => Stage = stage;

    /// <summary>What the attempt was doing when the time ran out; null when that is not known.</summary>
    public ConnectStage? Stage { get; }
}
