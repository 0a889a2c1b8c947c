using PerfConn.Protocol;
using PerfConn.Sequencing;
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
/// <param name="Lost">How many ticks are known to be lost, 0 when the venue's numbers prove that none is; -1 when nobody can know.</param>
/// <param name="LastSequence">The venue's last sequence number before the gap; -1 when there is none. Of the line where the venue numbers lines and not streams.</param>
/// <param name="NextSequence">The first number after it; -1 when there is none. What lies between the two was not received.</param>
public readonly record struct Gap(
    SymbolId Symbol,
    TickChannel Channel,
    GapCause Cause,
    long LastTimestamp,
    long NextTimestamp,
    long Lost,
    long LastSequence = -1,
    long NextSequence = -1);
