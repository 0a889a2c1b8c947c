using System;

namespace PerfConn.SimulationTests.Network;

/// <summary>How the network of one history behaves where it does not fail: delays, and how writes are cut.</summary>
internal sealed class Weather(Chance chance)
{
    private readonly double _least = 0.2 + (chance.Below(40) * 0.5);
    private readonly double _spread = chance.Below(30);

    /// <summary>One write in so many arrives in pieces; 0 for none.</summary>
    public int Slicing { get; } = chance.Below(3) == 0 ? 8 : 0;

    /// <summary>The time from one end to the other.</summary>
    public TimeSpan Delay() => chance.Between(_least, _least + _spread);

    /// <summary>Where to cut a write of this length.</summary>
    public int Cut(int length) => chance.OneIn(Slicing) ? chance.Below(length) : 0;
}
