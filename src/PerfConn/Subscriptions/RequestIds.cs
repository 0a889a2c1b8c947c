using System.Threading;

namespace PerfConn.Subscriptions;

/// <summary>The numbers of a line's requests, which go on counting across its sessions: a late reply of an old one finds nothing. Thread-safe.</summary>
internal sealed class RequestIds
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);
}
