using System;

namespace PerfConn.Diagnostics;

/// <summary>A connection was given up because a stream that expects data had none, although the peer answered.</summary>
public class StaleDataException : NetworkException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public StaleDataException()
        : base("No data.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public StaleDataException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public StaleDataException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal StaleDataException(Uri endpoint, string message, bool isOtherWanted)
        : base(endpoint, message) => IsOtherWanted = isOtherWanted;

    /// <summary>Whether a new connection to the same endpoint has been tried and has not helped.</summary>
    public bool IsOtherWanted { get; }
}
