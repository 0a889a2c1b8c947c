using System;
using PerfConn.Connections;
using PerfConn.Protocol;
using PerfConn.SimulationTests.Running;
using PerfConn.Symbols;
using PerfConn.Transport;

namespace PerfConn.SimulationTests.Users;

/// <summary>How one line is set up, drawn from chance: times are shorter than the defaults, so that much happens in a few minutes.</summary>
internal sealed class LinePlan(World world, Chance chance, Shared shared, int number)
{
    public bool HasOwnHandler { get; } = chance.OneIn(3);

    public bool HandlersThrow { get; } = chance.OneIn(3);

    public LineOptions Options(SymbolMap symbols) => new()
    {
        Transport = shared.Transport,
        Endpoints = shared.Endpoints,
        ConnectRate = shared.Rate,
        TimeProvider = world.Time,
        JitterSeed = chance.Below(int.MaxValue),
        Symbols = symbols,
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

        // Who it is stands in each request, so that the venue can tell the lines apart.
        RefreshEndpoint = (endpoint, _, _) => new(Endpoint.Parse($"{endpoint.Url.AbsoluteUri}?line={number}")),
        OnEvent = what => world.Trace.Note("event", number, what.Generation, what.GetType().Name),
    };
}
