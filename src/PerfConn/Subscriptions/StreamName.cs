using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Subscriptions;

/// <summary>A stream as the venue calls it, and what its ticks are known by.</summary>
internal readonly record struct StreamName(string Name, SymbolId Symbol, TickChannel Channel);
