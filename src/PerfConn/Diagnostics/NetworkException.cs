using System;

namespace PerfConn.Diagnostics;

/// <summary>Name resolution, TCP or the operating system's network failed: refused, unreachable, reset, cut.</summary>
public class NetworkException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public NetworkException()
        : base("The network failed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public NetworkException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public NetworkException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public NetworkException(Uri endpoint, string message, Exception? innerException = null)
        : base(endpoint, message, innerException)
    {
    }
}
