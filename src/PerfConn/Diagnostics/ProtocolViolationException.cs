using System;

namespace PerfConn.Diagnostics;

/// <summary>The peer broke the framing protocol or a limit; a WebSocket line is closed with <see cref="CloseCode"/>.</summary>
public class ProtocolViolationException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public ProtocolViolationException()
        : base("The peer broke the protocol.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ProtocolViolationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ProtocolViolationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and the close code.</summary>
    public ProtocolViolationException(Uri endpoint, string message, int closeCode, Exception? innerException = null)
        : base(endpoint, message, innerException) => CloseCode = closeCode;

    /// <summary>The WebSocket close code that names the violation: 1002 protocol error, 1007 bad text, 1008 too slow or too many pings, 1009 too big (RFC 6455 section 7.4.1). In other framings it only sorts them.</summary>
    public int CloseCode { get; }
}
