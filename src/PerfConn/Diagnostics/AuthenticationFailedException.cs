using System;

namespace PerfConn.Diagnostics;

/// <summary>The venue refused the credentials: HTTP 401 or 403 in answer to the opening handshake, or a login that was refused. The same credentials would be refused again.</summary>
public class AuthenticationFailedException : HandshakeException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public AuthenticationFailedException()
        : base("The credentials were refused.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public AuthenticationFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public AuthenticationFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal AuthenticationFailedException(Uri endpoint, string message, int statusCode, TimeSpan? retryAfter, Exception? innerException)
        : base(endpoint, message, statusCode, retryAfter, innerException)
    {
    }

    internal AuthenticationFailedException(Uri endpoint, string message, int statusCode, TimeSpan? retryAfter, string body, string? location)
        : base(endpoint, message, statusCode, retryAfter, body, location)
    {
    }
}
