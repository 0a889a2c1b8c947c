namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>How far zlib goes with what it was given.</summary>
internal enum ZLibFlush
{
    /// <summary>All output that the input allows, ended by an empty stored block (00 00 FF FF).</summary>
    Sync = 2,

    /// <summary>The same, and no later byte refers to an earlier one: the end of a message without context takeover.</summary>
    Full = 3,

    /// <summary>Inflating: stop at the end of a block.</summary>
    Block = 5,
}
