using System;
using System.Collections.Generic;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Connections;

/// <summary>How an <see cref="EndpointSet"/> chooses.</summary>
public sealed record EndpointSetOptions
{
    /// <summary>Which endpoint is tried first. Default: the first in the list.</summary>
    public EndpointOrder Order { get; init; }

    /// <summary>Weights for <see cref="EndpointOrder.Weighted"/>, one for each endpoint, each at least 1. Default: null, all alike.</summary>
    public IReadOnlyList<int>? Weights { get; init; }

    /// <summary>
    /// For how long an endpoint that failed, cut a young session or sent its lines away comes after the others. It doubles, up to 16-fold, when the endpoint fails soon after it was
    /// gone back to. 0 to 1 day. Default: 60 s.
    /// </summary>
    public TimeSpan FailBackAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A session that ends sooner than this speaks against its endpoint. Default: 30 s.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long nobody goes to an endpoint that answered 418, 429 or 503 without saying for how long, or closed with 1013. 0 to 1 day. Default: 60 s.
    /// </summary>
    public TimeSpan Cooling { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that an endpoint's <c>Retry-After</c> keeps everybody away. Default: 3 days, the longest ban that Binance hands out.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The circuit breaker that each endpoint has. Default: opens after 5 failures in a row, a probe after 60 s.</summary>
    public CircuitBreakerOptions Breaker { get; init; } = new();

    /// <summary>Where time comes from. Default: the system.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Seed of the weighted choice. Default: null, an unpredictable one; tests set it to replay.</summary>
    public int? Seed { get; init; }

    internal void Check(OptionsCheck check, int endpoints)
    {
        var day = TimeSpan.FromDays(1);
        check.That(Enum.IsDefined(Order), $"Order has no value {Order}")
            .That(Weights is null || Weights.Count == endpoints, $"Weights must be as many as endpoints ({endpoints}), they are {Weights?.Count}")
            .Between(FailBackAfter, TimeSpan.Zero, day)
            .AtLeast(HealthyAfter, TimeSpan.Zero)
            .Between(Cooling, TimeSpan.Zero, day)
            .Between(MaxRetryAfter, TimeSpan.Zero, Retry.LongestDelay)
            .NotNull(TimeProvider)
            .NotNull(Breaker)
            .Nested(Breaker, static (each, errors) => each.Check(errors));
        foreach (int weight in Weights ?? [])
        {
            check.AtLeast(weight, 1, nameof(Weights));
        }
    }
}
