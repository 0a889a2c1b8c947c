using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>Nothing came from the peer, an answer to a ping included, for as long as a silence may last; the connection was cut.</summary>
public class HeartbeatTimeoutException : NetworkException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public HeartbeatTimeoutException()
        : base("The peer has fallen silent.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public HeartbeatTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public HeartbeatTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and how long it was silent.</summary>
    public HeartbeatTimeoutException(Uri endpoint, TimeSpan silence)
        : base(endpoint, string.Create(
            CultureInfo.InvariantCulture, $"nothing came from the peer for {silence.TotalSeconds:0.###} s, not even an answer to a ping; the connection was cut")) => Silence = silence;

    /// <summary>How long nothing had come.</summary>
    public TimeSpan Silence { get; }
}
