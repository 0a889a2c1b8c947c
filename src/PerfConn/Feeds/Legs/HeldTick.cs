using PerfConn.Protocol;

namespace PerfConn.Feeds.Legs;

/// <summary>A tick that waits for what is missing before it. Its payload is a copy.</summary>
/// <param name="Leg">Who brought it.</param>
/// <param name="Span">Its numbers.</param>
/// <param name="Timestamp">When it was received.</param>
/// <param name="Payload">Its bytes.</param>
internal readonly record struct HeldTick(int Leg, SequenceSpan Span, long Timestamp, byte[] Payload);
