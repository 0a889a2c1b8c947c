namespace PerfConn.Tool.Reports;

/// <summary>What <c>watch</c> ends with.</summary>
internal sealed record WatchReport
{
    public required string Endpoint { get; init; }

    /// <summary>From the open connection to the last count.</summary>
    public required double Seconds { get; init; }

    /// <summary>Data messages.</summary>
    public required long Frames { get; init; }

    public required long Ticks { get; init; }

    /// <summary>Messages that were neither tick, reply nor notice.</summary>
    public required long Others { get; init; }

    /// <summary>Symbols that ticked.</summary>
    public required int Symbols { get; init; }

    /// <summary>Payload bytes of the data messages.</summary>
    public required long Bytes { get; init; }

    /// <summary>What the process allocated meanwhile, except for drawing.</summary>
    public required long AllocatedBytes { get; init; }

    public required long Gaps { get; init; }

    /// <summary>Ticks that the lane dropped.</summary>
    public required long Dropped { get; init; }

    public required long Reconnects { get; init; }

    public required int CloseCode { get; init; }

    public required string CloseReason { get; init; }

    public required DataAge DataAge { get; init; }
}
