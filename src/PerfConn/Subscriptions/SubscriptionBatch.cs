namespace PerfConn.Subscriptions;

/// <summary>Streams that go into one request.</summary>
internal sealed class SubscriptionBatch(bool isSubscribe, StreamEntry[] entries)
{
    public bool IsSubscribe { get; } = isSubscribe;

    public StreamEntry[] Entries { get; } = entries;
}
