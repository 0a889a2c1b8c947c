using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>The venue has answered a request with an error. The connection is as good as before.</summary>
public class RequestRefusedException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public RequestRefusedException()
        : base("The request was refused.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RequestRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public RequestRefusedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of the venue's answer.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="connectionId">The connection it was sent on.</param>
    /// <param name="code">The venue's code, as it is written; empty when it gave none.</param>
    /// <param name="reason">The venue's words, secrets redacted; empty when it gave none.</param>
    public RequestRefusedException(Uri endpoint, int connectionId, string code, string reason)
        : base(endpoint, string.Create(CultureInfo.InvariantCulture, $"connection {connectionId}: the request was refused{(code.Length > 0 ? " (" + code + ")" : "")}{(reason.Length > 0 ? ": " + reason : "")}"))
    {
        ConnectionId = connectionId;
        Code = code;
        Reason = reason;
    }

    /// <summary>The connection it was sent on.</summary>
    public int ConnectionId { get; }

    /// <summary>The venue's code, such as <c>InvalidToken</c>; empty when it gave none.</summary>
    public string Code { get; } = "";

    /// <summary>The venue's words, secrets redacted.</summary>
    public string Reason { get; } = "";
}
