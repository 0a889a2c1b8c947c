using System;

namespace PerfConn.SimulationTests;

/// <summary>Where a history's chance comes from: SplitMix64, the same sequence for a seed on every runtime.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>True in one of so many cases; never when it is 0.</summary>
    public bool OneIn(int count) => count > 0 && Below(count) == 0;

    public bool Percent(int percent) => Below(100) < percent;

    /// <summary>Evenly between the two, in milliseconds.</summary>
    public TimeSpan Between(double least, double most) => TimeSpan.FromTicks((long)((least + ((most - least) * Unit())) * TimeSpan.TicksPerMillisecond));

    /// <summary>The time to the next event of a stream of independent ones, in milliseconds.</summary>
    public TimeSpan After(double mean) => TimeSpan.FromTicks((long)(-Math.Log(1 - Unit()) * mean * TimeSpan.TicksPerMillisecond));

    /// <summary>A generator of its own, so that what one part draws does not depend on how much another has drawn.</summary>
    public Chance Fork() => new(Next());

    private double Unit() => (Next() >> 11) * (1.0 / (1L << 53));
}
