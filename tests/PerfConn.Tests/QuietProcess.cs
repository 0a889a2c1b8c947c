using System;
using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;
using Xunit.Sdk;

namespace PerfConn.Tests;

/// <summary>
/// Nothing that an earlier test has left may run on while the whole process is measured. What ends by itself (a deadline, a server that shuts down) is waited for; what does not
/// is named by what it allocates, instead of by thirty measurements that are wrong.
/// </summary>
public sealed class QuietProcess : IAsyncLifetime
{
    private const long QuietBytes = 32 * 1024;
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public async Task InitializeAsync()
    {
        using var timer = new PeriodicTimer(s_window, TimeProvider.System);
        using var sampler = new Sampler();
        long start = TimeProvider.System.GetTimestamp();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        while (await timer.WaitForNextTickAsync())
        {
            long now = GC.GetTotalAllocatedBytes(precise: true);
            if (now - before < QuietBytes)
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(start) > s_limit)
            {
                throw new XunitException($"an earlier test has left something that allocates {(now - before) / 1024} KB in {s_window.TotalMilliseconds} ms: {sampler}");
            }

            before = GC.GetTotalAllocatedBytes(precise: true);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>The runtime names the type of one object in every 100 KB or so.</summary>
    private sealed class Sampler : EventListener
    {
        private const EventKeywords Gc = (EventKeywords)1;
        private readonly ConcurrentDictionary<string, int> _types = new(StringComparer.Ordinal);

        public override string ToString() => string.Join(", ", _types.OrderByDescending(type => type.Value).Take(12).Select(type => $"{type.Key} ({type.Value})"));

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Verbose, Gc);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            int at = eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) == true ? eventData.PayloadNames!.IndexOf("TypeName") : -1;
            if (at >= 0)
            {
                _types.AddOrUpdate((string)eventData.Payload![at]!, 1, static (_, count) => count + 1);
            }
        }
    }
}
