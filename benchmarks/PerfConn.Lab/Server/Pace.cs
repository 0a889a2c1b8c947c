using System;
using System.Diagnostics;
using System.Threading;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Server;

/// <summary>
/// Due times at a steady rate. It sleeps in the kernel until shortly before the time and spins for the rest: a sleep alone comes 50 us late and finds a cold
/// core, a spin alone would take a core of two. What is measured begins with the stamp, so its own lateness counts for nobody.
/// </summary>
internal sealed class Pace(int perSecond)
{
    // Longer than a timer's slack and the way out of the idle state.
    private const long SpinNanoseconds = 80_000;

    private readonly long _interval = 1_000_000_000L / perSecond;
    private long _due = Stopwatch.GetTimestamp();

    /// <summary>Returns when the next message is due. Who is late catches up at once, message by message.</summary>
    public void WaitNext()
    {
        _due += _interval;
        long ahead = _due - Stopwatch.GetTimestamp();
        if (ahead > SpinNanoseconds)
        {
            Native.SleepFor(ahead - SpinNanoseconds);
        }

        while (Stopwatch.GetTimestamp() < _due)
        {
            Thread.SpinWait(1);
        }
    }
}
