namespace PerfConn.Dispatch;

/// <summary>What stands in a place of a lane.</summary>
internal enum LaneSlotKind : byte
{
    /// <summary>A tick whose payload follows the header.</summary>
    Copied,

    /// <summary>A tick whose payload stands in the block it was received into; the lease is kept beside the place.</summary>
    Leased,

    /// <summary>A gap marker, whole, behind the header.</summary>
    Gap,
}
