using System;

namespace PerfConn.Diagnostics;

/// <summary>A retry strategy of the user's own threw, or asked for a delay that there is not. The inner exception is what it threw.</summary>
public class RetryStrategyException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public RetryStrategyException()
        : base("The retry strategy failed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RetryStrategyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RetryStrategyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public RetryStrategyException(Uri endpoint, string message, Exception? innerException = null)
        : base(endpoint, message, innerException)
    {
    }
}
