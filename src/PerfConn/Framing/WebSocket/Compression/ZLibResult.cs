namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>What zlib answers; everything below zero but <see cref="BufferError"/> is final.</summary>
internal enum ZLibResult
{
    /// <summary>It went on.</summary>
    Ok = 0,

    /// <summary>A block marked as the last one has ended; what follows needs a reset.</summary>
    StreamEnd = 1,

    /// <summary>The input is not deflate data.</summary>
    DataError = -3,

    /// <summary>It could not go on: no input or no room. Not an error.</summary>
    BufferError = -5,
}
