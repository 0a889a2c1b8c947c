using System;
using PerfConn.Connections;
using PerfConn.SimulationTests.Running;

namespace PerfConn.SimulationTests.Users;

/// <summary>How one line is set up, drawn from chance: times are shorter than the defaults, so that much happens in a few minutes.</summary>
internal sealed class LinePlan(World world, Chance chance, int number, bool hasTwoHosts)
{
    public bool HasOwnHandler { get; } = chance.OneIn(3);

    public bool HandlersThrow { get; } = chance.OneIn(3);

    public string Url { get; } = $"ws://a.sim/stream?line={number}";

    public LineOptions Options(SimVenueParts parts) => new()
    {
        Transport = parts.Transport,
        TimeProvider = world.Time,
        JitterSeed = chance.Below(int.MaxValue),
        Symbols = parts.Symbols,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        CloseTimeout = TimeSpan.FromSeconds(1),
        Heartbeat = new HeartbeatOptions { Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(5) },
        Reconnect = new ReconnectOptions
        {
            FirstDelay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(4),
            SlowDelay = TimeSpan.FromSeconds(4),
            HealthyAfter = TimeSpan.FromSeconds(5),
        },
        Rotation = new RotationOptions
        {
            Overlap = TimeSpan.FromMilliseconds(chance.Below(3) * 300),
            Timeout = TimeSpan.FromSeconds(15),
            RetryDelay = TimeSpan.FromSeconds(6),
            MaxAge = chance.OneIn(3) ? TimeSpan.FromSeconds(20 + chance.Below(60)) : null,
        },
        KeepSpare = chance.OneIn(3),
        RefreshEndpoint = hasTwoHosts
            ? (endpoint, _, _) => new(PerfConn.Transport.Endpoint.Parse(chance.OneIn(2) ? endpoint.Url.AbsoluteUri : endpoint.Url.AbsoluteUri.Replace("a.sim", "b.sim", StringComparison.Ordinal)))
            : null,
    };
}
