using PerfConn.Diagnostics;

namespace PerfConn.Connections.Events;

/// <summary>The venue refuses a stream that it had confirmed before; the others live on.</summary>
/// <param name="Error">Names the stream, with the venue's words.</param>
public sealed record LineSubscriptionLost(SubscriptionException Error) : LineEvent
{
    /// <inheritdoc/>
    public override EventPriority Priority => EventPriority.High;
}
