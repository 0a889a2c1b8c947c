using System;

namespace PerfConn.Diagnostics;

/// <summary>
/// The WebSocket opening handshake failed: another status than 101, or a 101 that breaks RFC 6455 section 4.1.
/// </summary>
public class HandshakeException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public HandshakeException()
        : base("The opening handshake failed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public HandshakeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public HandshakeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint, and the HTTP status where there was one.</summary>
    public HandshakeException(Uri endpoint, string message, int? statusCode = null, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(endpoint, message, innerException)
    {
        StatusCode = statusCode;
        RetryAfter = retryAfter;
    }

    /// <summary>The HTTP status of the answer; null when no status line was understood.</summary>
    public int? StatusCode { get; }

    /// <summary>How long the server asks to stay away (<c>Retry-After</c>, RFC 9110 section 10.2.3); null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
