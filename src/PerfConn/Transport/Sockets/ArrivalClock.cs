using System;
using System.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// The kernel's times of arrival on the line's monotonic clock. The kernel tells them by the wall clock, which may step; what is taken from it is only the age,
/// as the difference of two wall times a few microseconds apart. A step that falls just between them gives one wrong time, and an age below zero counts as zero.
/// </summary>
internal sealed class ArrivalClock(TimeProvider time)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>When the newest segment of the last read arrived, in ticks of the time provider's timestamps; 0 when the kernel did not say.</summary>
    public long LastArrival { get; private set; }

    /// <summary>Takes the kernel's word on the read that has just returned.</summary>
    /// <param name="arrived">Nanoseconds since 1970; 0 for none.</param>
    public void Record(long arrived)
    {
        if (arrived == 0)
        {
            LastArrival = 0;
            return;
        }

        long now = time.GetTimestamp();
        long wall = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;
        long age = Math.Max(0, wall - arrived);
        Debug.Assert(time.TimestampFrequency > 0, "a clock ticks");
        LastArrival = now - (time.TimestampFrequency == 1_000_000_000 ? age : (long)(age * (time.TimestampFrequency / 1e9)));
    }
}
