using PerfConn.Framing;

namespace PerfConn.Fuzz;

/// <summary>What was made of a stream.</summary>
/// <param name="Events">The messages.</param>
/// <param name="Fault">What the peer did wrong.</param>
/// <param name="IsInside">Whether the stream ended inside a message; false after a fault.</param>
internal readonly record struct RawOutcome(string Events, FrameFault Fault, bool IsInside);
