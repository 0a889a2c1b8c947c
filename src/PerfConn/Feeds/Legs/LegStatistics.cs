using System;
using PerfConn.Connections;
using PerfConn.Transport;

namespace PerfConn.Feeds.Legs;

/// <summary>A snapshot of one leg.</summary>
/// <param name="Endpoint">Where it goes.</param>
/// <param name="State">Where its line stands; <see cref="LineState.Connecting"/> while there is none.</param>
/// <param name="Wins">Ticks that it brought first, and that were delivered.</param>
/// <param name="Repeats">Ticks that another leg had brought before.</param>
/// <param name="MedianLag">How far it is behind the first, at half of those: over the present window.</param>
/// <param name="Demotions">Times that it was demoted.</param>
public readonly record struct LegStatistics(Endpoint Endpoint, LineState State, long Wins, long Repeats, TimeSpan MedianLag, long Demotions);
