using PerfConn.Tool.Running;

namespace PerfConn.Tool.Reports;

/// <summary>What <c>demo</c> ends with: counters of its steady part.</summary>
internal sealed record DemoReport
{
    /// <summary>Length of the steady part.</summary>
    public required double Seconds { get; init; }

    public required int Lines { get; init; }

    /// <summary>Data messages.</summary>
    public required long Frames { get; init; }

    public required long Ticks { get; init; }

    /// <summary>Symbols that have ticked.</summary>
    public required int Symbols { get; init; }

    /// <summary>Payload bytes of the data messages.</summary>
    public required long Bytes { get; init; }

    /// <summary>What the process allocated, except for drawing.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>Gap markers delivered.</summary>
    public required long Gaps { get; init; }

    /// <summary>Trades missing, or come twice, although no gap marker said so; and streams that do not begin or end as the venue's ledger says.</summary>
    public required long GapsUnannounced { get; init; }

    /// <summary>Streams that were held against the venue's ledger.</summary>
    public int StreamsChecked { get; init; }

    public required long Reconnects { get; init; }

    public required long Rotations { get; init; }

    /// <summary>From the first connection attempt until the last stream was confirmed.</summary>
    public required double ConfirmedSeconds { get; init; }

    /// <summary>From the first connection attempt until the first tick.</summary>
    public required double FirstTickSeconds { get; init; }

    public required DataAge DataAge { get; init; }

    /// <summary>The report with what its audit has found.</summary>
    public DemoReport With(DemoAuditResult audit) => this with { GapsUnannounced = GapsUnannounced + audit.Mismatches, StreamsChecked = audit.Streams };
}
