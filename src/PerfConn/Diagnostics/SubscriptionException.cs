using System;

namespace PerfConn.Diagnostics;

/// <summary>The venue refused a subscribe or unsubscribe, did not answer it in time, or the line has no room for it.</summary>
public class SubscriptionException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public SubscriptionException()
        : base("The subscription failed.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public SubscriptionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public SubscriptionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that names the endpoint and the venue's error code.</summary>
    public SubscriptionException(Uri endpoint, string message, int? venueCode = null, Exception? innerException = null)
        : base(endpoint, message, innerException) => VenueCode = venueCode;

    /// <summary>The venue's own error code; null when it sent none.</summary>
    public int? VenueCode { get; }

    /// <summary>The stream that it is about, as it was asked for; null where it is about none in particular.</summary>
    public string? Stream { get; init; }
}
