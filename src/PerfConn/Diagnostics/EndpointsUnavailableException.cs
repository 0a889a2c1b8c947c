using System;
using System.Globalization;

namespace PerfConn.Diagnostics;

/// <summary>No endpoint of a set may be tried now: each is cooling after the venue asked to stay away, or its circuit breaker is open. Nothing was sent.</summary>
public class EndpointsUnavailableException : ConnectionException
{
    /// <summary>Makes an exception without an endpoint.</summary>
    public EndpointsUnavailableException()
        : base("No endpoint may be tried now.")
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public EndpointsUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without an endpoint.</summary>
    public EndpointsUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception that tells when one may be tried again.</summary>
    /// <param name="endpoints">Each endpoint and why it may not be tried, without secrets.</param>
    /// <param name="retryAfter">How long until the first of them may be tried.</param>
    public EndpointsUnavailableException(string endpoints, TimeSpan retryAfter)
        : base(string.Create(CultureInfo.InvariantCulture, $"no endpoint may be tried for {retryAfter.TotalSeconds:0.###} s: {endpoints}")) => RetryAfter = retryAfter;

    /// <summary>How long until the first of them may be tried; zero when another's probe of it is on its way.</summary>
    public TimeSpan RetryAfter { get; }
}
