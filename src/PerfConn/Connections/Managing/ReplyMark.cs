using System;

namespace PerfConn.Connections.Managing;

/// <summary>What a message says of itself; its parts point into the message.</summary>
public readonly ref struct ReplyMark
{
    /// <summary>The number of the request that it answers; null when it answers none.</summary>
    public long? RequestId { get; init; }

    /// <summary>Whether it is an error.</summary>
    public bool IsError { get; init; }

    /// <summary>The error's code as written, without quotes.</summary>
    public ReadOnlySpan<byte> ErrorCode { get; init; }

    /// <summary>The error's words as written, without quotes.</summary>
    public ReadOnlySpan<byte> ErrorMessage { get; init; }

    /// <summary>The venue's id of the subscription that it belongs to, without quotes; empty when it belongs to none.</summary>
    public ReadOnlySpan<byte> SubscriptionId { get; init; }
}
