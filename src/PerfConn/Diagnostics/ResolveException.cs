using System;

namespace PerfConn.Diagnostics;

/// <summary>A host name could not be turned into addresses.</summary>
public class ResolveException : NetworkException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public ResolveException()
        : base("The host name could not be resolved.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ResolveException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ResolveException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint.</summary>
    public ResolveException(Uri endpoint, ResolveFailureReason reason, string message, Exception? innerException = null)
        : base(endpoint, message, innerException) => Reason = reason;

    /// <summary>Why, for a program.</summary>
    public ResolveFailureReason Reason { get; }
}
