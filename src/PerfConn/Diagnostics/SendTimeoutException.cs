using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>The peer took nothing for as long as a write may take; the connection was cut.</summary>
public class SendTimeoutException : NetworkException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public SendTimeoutException()
        : base("A write took too long.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public SendTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public SendTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint, what was pending and the deadline.</summary>
    public SendTimeoutException(Uri endpoint, long pendingBytes, TimeSpan deadline)
        : base(endpoint, string.Create(
            CultureInfo.InvariantCulture, $"the peer took nothing for {deadline.TotalSeconds:0.###} s; {pendingBytes} bytes were pending and the connection was cut"))
    {
        PendingBytes = pendingBytes;
        Deadline = deadline;
    }

    /// <summary>Bytes that were accepted and not yet taken by the transport.</summary>
    public long PendingBytes { get; }

    /// <summary>How long a write was allowed to take.</summary>
    public TimeSpan Deadline { get; }
}
