using System;

namespace PerfConn.Transport.Proxies;

/// <summary>
/// An answer of a proxy being read: a parser without I/O that looks at each byte once and can be fed in any pieces. It never takes a byte beyond the answer,
/// because what follows belongs to the venue.
/// </summary>
internal interface IProxyReply
{
    /// <summary>Whether the answer is whole.</summary>
    bool IsComplete { get; }

    /// <summary>Why what came is not an answer; null while it may be one.</summary>
    string? Error { get; }

    /// <summary>Takes bytes; gives how many of them belong to the answer: all, unless it is complete or wrong.</summary>
    int Take(ReadOnlySpan<byte> bytes);
}
