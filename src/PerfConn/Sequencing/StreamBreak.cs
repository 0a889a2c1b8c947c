namespace PerfConn.Sequencing;

/// <summary>What is known of a gap at the first tick after it.</summary>
/// <param name="Cause">Why there is one.</param>
/// <param name="LastTimestamp">Receive timestamp of the last tick before it; 0 when there was none.</param>
/// <param name="LastSequence">The last sequence number before it; -1 when unknown.</param>
/// <param name="NextSequence">The first after it; -1 when unknown.</param>
/// <param name="Lost">Ticks lost; -1 when nobody can know.</param>
internal readonly record struct StreamBreak(GapCause Cause, long LastTimestamp, long LastSequence, long NextSequence, long Lost);
