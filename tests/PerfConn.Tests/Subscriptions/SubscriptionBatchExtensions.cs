using System.Linq;
using PerfConn.Subscriptions;

namespace PerfConn.Tests.Subscriptions;

internal static class SubscriptionBatchExtensions
{
    extension(SubscriptionBatch batch)
    {
        /// <summary>The streams of a batch by name.</summary>
        public string[] Names => [.. batch.Entries.Select(static entry => entry.Stream.Name)];
    }
}
