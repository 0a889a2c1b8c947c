using System;

namespace PerfConn.TestKit;

/// <summary>A run with an injected failure did not bear it; the message names the operation that failed.</summary>
public sealed class FaultRunException : Exception
{
    /// <summary>Makes an exception.</summary>
    public FaultRunException()
        : base("A run with an injected failure failed.")
    {
    }

    /// <summary>Makes an exception.</summary>
    public FaultRunException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    public FaultRunException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
