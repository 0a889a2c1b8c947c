namespace PerfConn.Tests.Framing;

/// <summary>How the bytes of a script reach the parser.</summary>
internal enum Feeding
{
    /// <summary>All at once, the cuts being boundaries of segments.</summary>
    Segments,

    /// <summary>One read per cut; what was not consumed stands in one piece with the new bytes, as the socket transport has it.</summary>
    ContiguousReads,

    /// <summary>One read per cut; what was not consumed stays in the segments it came in, as a pipe has it.</summary>
    SegmentedReads,
}
