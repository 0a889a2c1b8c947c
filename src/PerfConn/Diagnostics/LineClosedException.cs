using System;

namespace PerfConn.Diagnostics;

/// <summary>The line closed while something was waiting for it, or was used after it had closed.</summary>
public class LineClosedException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public LineClosedException()
        : base("The line is closed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public LineClosedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public LineClosedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and the close code.</summary>
    public LineClosedException(Uri endpoint, string message, int? closeCode = null, Exception? innerException = null)
        : base(endpoint, message, innerException) => CloseCode = closeCode;

    /// <summary>Makes an exception for a session that the peer ended in good order.</summary>
    internal LineClosedException(Uri endpoint, int closeCode, string reason)
        : base(endpoint, $"the connection ended ({closeCode}{(reason.Length > 0 ? ": " + reason : "")})")
    {
        CloseCode = closeCode;
        Reason = reason;
    }

    /// <summary>What the Close frame gave as its reason; empty when it gave none or there was none.</summary>
    public string Reason { get; } = "";

    /// <summary>The close code of the line's end, 1006 when it ended without a Close frame; null when the line never opened.</summary>
    public int? CloseCode { get; }
}
