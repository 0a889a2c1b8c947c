using System;

namespace PerfConn.Diagnostics;

/// <summary>
/// The root of what can go wrong between this process and a venue. A subclass says which class of failure it is, so that a retry
/// strategy can switch on the type; the message names the endpoint (secrets redacted) and what happened, in one line.
/// </summary>
public class ConnectionException : Exception
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectionException()
        : base("The connection failed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ConnectionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public ConnectionException(Uri endpoint, string message, Exception? innerException = null)
        : base(Redactor.Redact(endpoint) + ": " + message, innerException) => Endpoint = Redactor.Redact(endpoint);

    /// <summary>The endpoint, with user info, query values and fragment redacted; null where none is involved.</summary>
    public string? Endpoint { get; }

    /// <summary>Which attempt of a row failed so, from 1; 0 when it is not about an attempt, or about a first one alone.</summary>
    public int Attempt { get; internal set; }
}
