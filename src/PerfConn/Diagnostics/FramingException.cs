using System;

namespace PerfConn.Diagnostics;

/// <summary>
/// What was asked of a line does not go with its framing: the address or the transport is of another kind, or a message cannot be written in it.
/// This side's own doing: another attempt would only repeat it. Nothing was sent.
/// </summary>
public class FramingException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public FramingException()
        : base("The framing does not fit.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public FramingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public FramingException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint in front of the message.</summary>
    public FramingException(Uri endpoint, string message, Exception? innerException = null)
        : base(endpoint, message, innerException)
    {
    }
}
