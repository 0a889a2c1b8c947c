using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>A message could neither be accepted nor copied to wait: the sender is faster than the peer and does not await its sends. Nothing of it was sent.</summary>
public class SendBufferFullException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public SendBufferFullException()
        : base("The send buffer is full.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public SendBufferFullException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public SendBufferFullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and the figures.</summary>
    public SendBufferFullException(Uri endpoint, long pendingBytes, long copiedBytes)
        : base(endpoint, string.Create(
            CultureInfo.InvariantCulture, $"the send buffer is full: {pendingBytes} bytes are pending, {copiedBytes} more wait in copies"))
    {
    }
}
