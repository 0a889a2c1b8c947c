using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>
/// A gap marker: between the last tick and the next one of this symbol and channel, ticks may be missing. It is delivered in the same
/// ordered stream as the ticks, right before the first tick after the gap.
/// </summary>
/// <param name="Symbol">The symbol affected.</param>
/// <param name="Channel">The stream of that symbol.</param>
/// <param name="Cause">Why.</param>
/// <param name="LastTimestamp">Receive timestamp of the last tick before the gap, in the units of <see cref="Tick.ReceiveTimestamp"/>; 0 when there was none. For <see cref="GapCause.SlowConsumer"/> of the last tick that the handler was given.</param>
/// <param name="NextTimestamp">Receive timestamp of the first tick after the gap.</param>
/// <param name="Lost">How many ticks are known to be lost; -1 when nobody can know.</param>
public readonly record struct Gap(SymbolId Symbol, TickChannel Channel, GapCause Cause, long LastTimestamp, long NextTimestamp, long Lost);
