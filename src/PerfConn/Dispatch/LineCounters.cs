namespace PerfConn.Dispatch;

/// <summary>The counters of one line. Plain fields, written by its receive loop only and read by whoever polls.</summary>
/// <remarks>
/// An aligned 64-bit field is read and written whole on every 64-bit platform; a reader sees each counter right, and two counters perhaps
/// one read apart.
/// </remarks>
internal sealed class LineCounters
{
    /// <summary>Data messages.</summary>
    public long Frames;

    /// <summary>Bytes of their payloads.</summary>
    public long Bytes;

    /// <summary>Items delivered to a handler.</summary>
    public long Ticks;

    /// <summary>Messages that were neither tick nor reply nor notice.</summary>
    public long Others;

    /// <summary>Ticks whose symbol the map would not take any more.</summary>
    public long Unmapped;

    /// <summary>Ticks that nobody subscribed to.</summary>
    public long Unrouted;

    /// <summary>Ticks, and messages where the venue numbers those, that came before and were not delivered again.</summary>
    public long Duplicates;

    /// <summary>Gap markers delivered.</summary>
    public long Gaps;

    /// <summary>Exceptions that left a handler.</summary>
    public long HandlerFaults;

    /// <summary>Pings answered.</summary>
    public long Pings;

    /// <summary>Times that the line was made again.</summary>
    public long Reconnects;

    /// <summary>Times that the line was rotated.</summary>
    public long Rotations;
}
