namespace PerfConn.Connections.Managing;

/// <summary>Bounds of what may wait for a subscriber.</summary>
internal static class BufferBounds
{
    /// <summary>Most items; a buffer takes their room only when they come.</summary>
    public const int MaxCapacity = 1_000_000;
}
