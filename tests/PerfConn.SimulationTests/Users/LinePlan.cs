using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Protocol;
using PerfConn.SimulationTests.Checks;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Venue;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Transport;

namespace PerfConn.SimulationTests.Users;

/// <summary>How one line is set up, drawn from chance: times are shorter than the defaults, so that much happens in a few minutes.</summary>
internal sealed class LinePlan(World world, Chance chance, SimVenue venue, Shared shared, int number)
{
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For lines that expect data.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(12);

    public bool HasOwnHandler { get; } = chance.OneIn(3);

    public bool HandlersThrow { get; } = chance.OneIn(3);

    public bool LogsIn { get; } = chance.OneIn(4);

    /// <summary>Whether its streams have to tick: only where the market never rests, or silence would be nobody's fault.</summary>
    public bool Expects { get; } = venue.Market.NeverRests && chance.OneIn(2);

    /// <summary>How this line's connections are told apart at the venue.</summary>
    public string Query => $"?line={number}";

    public LineOptions Options(SymbolMap symbols, Action<LineEvent> onEvent) => new()
    {
        Transport = shared.Transport,
        Endpoints = shared.Endpoints,
        ConnectRate = shared.Rate,
        TimeProvider = world.Time,
        JitterSeed = chance.Below(int.MaxValue),
        Symbols = symbols,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        CloseTimeout = TimeSpan.FromSeconds(1),
        Heartbeat = new HeartbeatOptions { Interval = HeartbeatInterval, Timeout = HeartbeatTimeout },
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
        LogIn = LogsIn ? LogInAsync : null,
        LogInTimeout = TimeSpan.FromSeconds(3),
        Expectation = Expects && world.Planted != Planted.UnwatchedStream ? DataExpectation.Within(LongestSilence) : null,

        // Who it is stands in each request, so that the venue can tell the lines apart.
        RefreshEndpoint = (endpoint, _, _) => new(Endpoint.Parse(endpoint.Url.AbsoluteUri + Query)),
        OnEvent = onEvent,
    };

    /// <summary>Asks, and waits for the answer; what else comes first is left to the line.</summary>
    private async ValueTask LogInAsync(LoginLink link, CancellationToken cancellationToken)
    {
        if (world.Planted == Planted.EarlyCall)
        {
            return;
        }

        await link.SendAsync("""{"method":"LOGON","id":0}"""u8.ToArray(), isText: true, cancellationToken);
        while (true)
        {
            LoginMessage answer = await link.ReceiveAsync(cancellationToken);
            if (answer.Payload.Span.IndexOf("welcome"u8) >= 0)
            {
                return;
            }

            if (answer.Payload.Span.IndexOf("busy"u8) >= 0)
            {
                throw new InvalidOperationException("the venue is too busy for a login");
            }
        }
    }
}
