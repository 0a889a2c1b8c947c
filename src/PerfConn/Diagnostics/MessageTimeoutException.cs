using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>A message began and did not end within its time limit, however much of it kept arriving; a WebSocket line is closed with 1008.</summary>
public class MessageTimeoutException : ProtocolViolationException
{
    private const int PolicyViolation = 1008;

    /// <summary>Makes an exception without an endpoint.</summary>
    public MessageTimeoutException()
        : base("A message took too long.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public MessageTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public MessageTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and the limit.</summary>
    public MessageTimeoutException(Uri endpoint, TimeSpan limit)
        : base(endpoint, string.Create(CultureInfo.InvariantCulture, $"a message has not ended within {limit.TotalSeconds:0.###} s of its beginning"), PolicyViolation) =>
        Limit = limit;

    /// <summary>How long a message may take.</summary>
    public TimeSpan Limit { get; }
}
