namespace PerfConn.Tool.Reports;

/// <summary>What <c>echo</c> ends with.</summary>
internal sealed record EchoReport
{
    public required string Endpoint { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Messages received.</summary>
    public required long Messages { get; init; }

    /// <summary>Bytes of their payloads.</summary>
    public required long Bytes { get; init; }

    public required long Reconnects { get; init; }

    public required int CloseCode { get; init; }

    public required string CloseReason { get; init; }
}
