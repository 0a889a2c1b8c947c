using System;
using PerfConn.Protocol;
using PerfConn.Transport;

namespace PerfConn.Venues.Binance;

/// <summary>Binance's markets as venues. Change any of it with <c>with</c>; the hosts and limits are those of the venue's own pages.</summary>
public static class BinanceVenue
{
    /// <summary>
    /// Spot, combined streams: <c>wss://stream.binance.com:9443/stream</c>; 5 messages a second with pings and pongs counted, 1,024 streams a line, which
    /// lives for 24 h; 300 connections in 5 minutes from one address (binance/binance-spot-api-docs, web-socket-streams.md, 2026-07-21).
    /// </summary>
    public static Venue<BinanceProtocol> Spot { get; } = new()
    {
        Name = "binance-spot",
        Endpoint = Endpoint.Parse("wss://stream.binance.com:9443/stream"),
        Limits = new VenueLimits { SessionLife = TimeSpan.FromHours(24), ConnectsPerWindow = 300 },
    };
}
