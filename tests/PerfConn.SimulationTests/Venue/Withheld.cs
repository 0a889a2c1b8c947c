using System;
using System.Collections.Generic;
using PerfConn.SimulationTests.Running;
using PerfConn.SimulationTests.Users;

namespace PerfConn.SimulationTests.Venue;

/// <summary>
/// Ticks that the venue kept from a line without a word. Where a stream's numbers leave no hole, the line sees one; where they only rise, nobody can see that some were kept for less
/// time than the line lets a stream be silent.
/// </summary>
internal sealed class Withheld(World world)
{
    /// <summary>A tenth of the limit late, and timers that may be late.</summary>
    private static readonly TimeSpan s_noticed = LinePlan.LongestSilence + (LinePlan.LongestSilence / 10) + TimeSpan.FromMilliseconds(450);

    private readonly Dictionary<(string Who, string Stream, long Tick), (TimeSpan At, int Jumps)> _ticks = [];

    /// <param name="who">From whom.</param>
    /// <param name="stream">Of which stream.</param>
    /// <param name="tick">Its count.</param>
    /// <param name="stalledUntil">Until when that connection hangs: so long it may still be brought what was sent before, and takes the silence for younger than it is.</param>
    public void Add(string who, string stream, long tick, TimeSpan stalledUntil) =>
        _ticks[(who, stream, tick)] = (world.Time.Elapsed > stalledUntil ? world.Time.Elapsed : stalledUntil, world.Time.Jumps);

    /// <summary>Whether all of these were kept from it, and not for so long that it had to notice.</summary>
    public bool IsUnnoticeable(string who, string stream, long first, long last)
    {
        for (long tick = first; tick <= last; tick++)
        {
            if (!_ticks.ContainsKey((who, stream, tick)))
            {
                return false;
            }
        }

        (TimeSpan begin, int jumps) = _ticks[(who, stream, first)];
        (TimeSpan end, int jumpsThen) = _ticks[(who, stream, last)];
        return end - begin < s_noticed || jumps != jumpsThen;
    }
}
