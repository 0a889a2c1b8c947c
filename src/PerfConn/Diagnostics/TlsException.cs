using System;

namespace PerfConn.Diagnostics;

/// <summary>TLS was asked for and could not be had: certificate refused, no common version, an alert, garbage instead of a handshake.</summary>
/// <remarks>A handshake that stalls is no fault of TLS: it ends with the connect deadline, a <see cref="ConnectTimeoutException"/> at <see cref="ConnectStage.Tls"/>.</remarks>
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

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public TlsException(Uri endpoint, TlsFailureReason reason, string message, Exception? innerException = null)
        : base(endpoint, message, innerException) => Reason = reason;

    /// <summary>Why, for a program.</summary>
    public TlsFailureReason Reason { get; }

    /// <summary>
    /// Whether another attempt will most likely fail in the same way, so that trying again at once only hammers the venue: true for all but a lost connection
    /// (RELIABILITY B18).
    /// </summary>
    public bool IsLasting => Reason != TlsFailureReason.ConnectionLost;
}
