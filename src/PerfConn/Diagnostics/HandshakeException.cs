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

    /// <summary>Makes an exception for an answer with a body.</summary>
    internal HandshakeException(Uri endpoint, string message, int statusCode, TimeSpan? retryAfter, string body, string? location)
        : this(endpoint, message, statusCode, retryAfter)
    {
        Body = body;
        Location = location;
    }

    /// <summary>The exception for an answer of another status than 101: refused credentials have a type of their own.</summary>
    internal static HandshakeException OfStatus(Uri endpoint, string message, int statusCode, TimeSpan? retryAfter, string body, string? location) => statusCode is 401 or 403
        ? new AuthenticationFailedException(endpoint, message, statusCode, retryAfter, body, location)
        : new HandshakeException(endpoint, message, statusCode, retryAfter, body, location);

    /// <summary>Likewise, where the answer's body is not to be had.</summary>
    internal static HandshakeException OfStatus(Uri endpoint, string message, int? statusCode, TimeSpan? retryAfter, Exception? innerException) => statusCode is 401 or 403
        ? new AuthenticationFailedException(endpoint, message, statusCode.Value, retryAfter, innerException)
        : new HandshakeException(endpoint, message, statusCode, retryAfter, innerException);

    /// <summary>The HTTP status of the answer; null when no status line was understood.</summary>
    public int? StatusCode { get; }

    /// <summary>How long the server asks to stay away (<c>Retry-After</c>, RFC 9110 section 10.2.3); null when it does not say. As said, not bounded.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>
    /// The first 512 bytes of the answer's body on one line, with this side's own secrets masked; empty when there was none. A venue says there what
    /// it did not like.
    /// </summary>
    public string Body { get; } = "";

    /// <summary>Where a redirect leads; not shown to users, because what stands in its query is the server's secret.</summary>
    internal string? Location { get; }
}
