using System;

namespace PerfConn.Diagnostics;

/// <summary>TLS was asked for and could not be had: certificate refused, no common version, an alert, garbage instead of a handshake.</summary>
public class TlsException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public TlsException()
        : base("The TLS handshake failed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public TlsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public TlsException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public TlsException(Uri endpoint, string message, Exception? innerException = null)
        : base(endpoint, message, innerException)
    {
    }
}
