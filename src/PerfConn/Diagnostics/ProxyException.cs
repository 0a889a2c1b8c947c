using System;

namespace PerfConn.Diagnostics;

/// <summary>The proxy did not open the way to the endpoint. Neither message nor properties ever hold its credentials, nor any text that the proxy sent.</summary>
public class ProxyException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public ProxyException()
        : base("The proxy failed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ProxyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public ProxyException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and the proxy.</summary>
    public ProxyException(
        Uri endpoint, Uri proxy, ProxyFailureReason reason, string message, int? statusCode = null, Exception? innerException = null)
        : base(endpoint, $"the proxy {Redactor.Redact(proxy)} {message}", innerException)
    {
        Proxy = Redactor.Redact(proxy);
        Reason = reason;
        StatusCode = statusCode;
    }

    /// <summary>The proxy's address, redacted; null where none is named.</summary>
    public string? Proxy { get; }

    /// <summary>Why, for a program.</summary>
    public ProxyFailureReason Reason { get; }

    /// <summary>The HTTP status or the SOCKS reply code; null when there was none.</summary>
    public int? StatusCode { get; }

    /// <summary>Whether the proxy has understood and refused, so that another attempt would only repeat it: its credentials and its rules.</summary>
    public bool IsRefusal => Reason is ProxyFailureReason.CredentialsRequired or ProxyFailureReason.CredentialsRefused
        or ProxyFailureReason.NoAcceptableMethod or ProxyFailureReason.NotAllowed;
}
