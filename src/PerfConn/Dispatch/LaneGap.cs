namespace PerfConn.Dispatch;

/// <summary>A stream's last gap marker in a conflating lane. Gaps are rare; one object for each is what makes passing it on one reference.</summary>
/// <param name="Marker">What was said.</param>
/// <param name="Number">How many markers of this stream there were, this one included.</param>
internal sealed record LaneGap(Gap Marker, int Number);
