using System;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace PerfConn.Dispatch;

/// <summary>Where exceptions end that leave a user's handler: counted, the first of each minute logged, nobody else disturbed.</summary>
internal sealed class FaultObserver(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan s_logInterval = TimeSpan.FromMinutes(1);

    private long _count;
    private long _lastLogged = long.MinValue;

    public long Count => Volatile.Read(ref _count);

    /// <summary>The clock of the line that it observes.</summary>
    public TimeProvider Time => time;

    public void OnHandlerFault(Exception exception)
    {
        long count = Interlocked.Increment(ref _count);
        long now = time.GetTimestamp();
        long last = Volatile.Read(ref _lastLogged);
        bool isDue = last == long.MinValue || time.GetElapsedTime(last, now) >= s_logInterval;
        if (isDue && Interlocked.CompareExchange(ref _lastLogged, now, last) == last)
        {
            DispatchLog.HandlerFault(logger, exception, count);
        }
    }
}
