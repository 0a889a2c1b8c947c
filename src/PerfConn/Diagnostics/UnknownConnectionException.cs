using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>A connection manager has no open connection of this id: there never was one, or it is closed.</summary>
public class UnknownConnectionException : ConnectionException
{
    /// <summary>Makes an exception without an id.</summary>
    public UnknownConnectionException()
        : base("There is no such connection.")
    {
    }

    /// <summary>Makes an exception without an id.</summary>
    public UnknownConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an id.</summary>
    public UnknownConnectionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the id.</summary>
    /// <param name="connectionId">The id asked for.</param>
    /// <param name="isClosed">Whether there was such a connection.</param>
    /// <param name="cause">What ended it; null when its user did, or when there was none.</param>
    public UnknownConnectionException(int connectionId, bool isClosed, ConnectionException? cause = null)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"connection {connectionId} {(isClosed ? "is closed" : "does not exist")}") + (cause is null ? "" : ": " + cause.Message),
            cause)
    {
        ConnectionId = connectionId;
        IsClosed = isClosed;
    }

    /// <summary>The id asked for.</summary>
    public int ConnectionId { get; }

    /// <summary>Whether there was such a connection, and it is closed.</summary>
    public bool IsClosed { get; }
}
