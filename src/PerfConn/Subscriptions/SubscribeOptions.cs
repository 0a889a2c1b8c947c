using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>How a subscription is delivered, and what it expects.</summary>
public sealed record SubscribeOptions
{
    /// <summary>On the receive loop (default) or through a lane.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>How long its streams may be silent. Default: null, the line's (<c>LineOptions.Expectation</c>).</summary>
    public DataExpectation? Expectation { get; init; }
}
