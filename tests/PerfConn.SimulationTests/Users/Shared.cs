using System;
using PerfConn.Connections;
using PerfConn.Resilience;
using PerfConn.SimulationTests.Running;
using PerfConn.Transport;

namespace PerfConn.SimulationTests.Users;

/// <summary>What the lines of a history share, where they share anything: endpoints with what is known of them, and a connect rate.</summary>
internal sealed class Shared
{
    public const string Address = "ws://a.sim/stream";

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    public Shared(World world, ITransportFactory transport)
    {
        Chance chance = world.Chance.Fork();
        Transport = transport;
        if (chance.OneIn(2))
        {
            Endpoint[] endpoints = chance.OneIn(3) ? [Endpoint.Parse(Address)] : [Endpoint.Parse(Address), Endpoint.Parse("ws://b.sim/stream")];
            Endpoints = new EndpointSet(endpoints, new EndpointSetOptions
            {
                Order = (EndpointOrder)chance.Below(Enum.GetValues<EndpointOrder>().Length),
                FailBackAfter = TimeSpan.FromSeconds(10),
                HealthyAfter = TimeSpan.FromSeconds(5),
                Cooling = TimeSpan.FromSeconds(4),
                Breaker = new CircuitBreakerOptions { Recovery = TimeSpan.FromSeconds(5) },
                TimeProvider = world.Time,
                Seed = chance.Below(int.MaxValue),
            });
        }

        if (chance.OneIn(3))
        {
            Connects = 5 + chance.Below(20);
            Rate = new ConnectRate(Connects, s_window, TimeSpan.FromMilliseconds(50), world.Time);
        }
    }

    public ITransportFactory Transport { get; }

    /// <summary>Null: each line has its own endpoint and knows nothing of the others.</summary>
    public EndpointSet? Endpoints { get; }

    public ConnectRate? Rate { get; }

    /// <summary>What the rate allows in its window.</summary>
    public int Connects { get; }

    public static TimeSpan Window => s_window;
}
