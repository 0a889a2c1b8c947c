using System;
using PerfConn.Transport;

namespace PerfConn.Protocol;

/// <summary>
/// What is data about a venue: where it is, and the rules it cuts lines for breaking. Derive your own with <c>with</c>; only parsing and
/// encoding are code (<typeparamref name="TProtocol"/>).
/// </summary>
/// <typeparam name="TProtocol">The struct that reads the venue's messages and writes its requests.</typeparam>
public sealed record Venue<TProtocol>
    where TProtocol : struct, IVenueProtocol
{
    /// <summary>Name for logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Where lines connect to.</summary>
    public required Endpoint Endpoint { get; init; }

    /// <summary>The rules.</summary>
    public VenueLimits Limits { get; init; } = VenueLimits.Default;

    /// <summary>The same venue at another address.</summary>
    /// <exception cref="ArgumentException">The address is not one that <see cref="Transport.Endpoint"/> takes.</exception>
    public Venue<TProtocol> At(string url) => this with { Endpoint = Endpoint.Parse(url) };
}
