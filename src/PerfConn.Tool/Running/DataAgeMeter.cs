using System.Threading;
using PerfConn.Diagnostics;

namespace PerfConn.Tool.Running;

/// <summary>
/// How old market data is when it arrives: from the time that the venue stamped on it to the read that brought it, by the wall clocks of both. One
/// thread records; any may read or start over.
/// </summary>
internal sealed class DataAgeMeter(WallClock clock)
{
    private LogLinearHistogram _histogram = new();

    /// <summary>Ages in nanoseconds since the start, or since it was last started over.</summary>
    public LogLinearHistogram Histogram => Volatile.Read(ref _histogram);

    /// <summary>Records one item. Allocates nothing.</summary>
    public void Record(long eventUnixNanoseconds, long receiveTimestamp) =>
        Histogram.Record(clock.ToUnixNanoseconds(receiveTimestamp) - eventUnixNanoseconds);

    /// <summary>Gives what was recorded and starts over, by a new histogram: only the recording thread may write to the old one.</summary>
    public LogLinearHistogram StartOver() => Interlocked.Exchange(ref _histogram, new LogLinearHistogram());
}
