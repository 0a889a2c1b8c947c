using System;
using System.Buffers;

namespace PerfConn.Connections.Managing;

/// <summary>A request protocol with streams: a request that subscribes is answered like any other, and more messages with its number follow until it is forgotten.</summary>
public interface ISubscriptionProtocol : IRequestProtocol
{
    /// <summary>Writes the request that subscribes.</summary>
    /// <param name="payload">The request as its user wrote it, perhaps without what makes it a subscription.</param>
    /// <param name="output">Where to.</param>
    void WriteSubscribe(ReadOnlySpan<byte> payload, IBufferWriter<byte> output);

    /// <summary>Writes the request that ends one subscription.</summary>
    /// <param name="subscriptionId">The venue's id of it.</param>
    /// <param name="output">Where to.</param>
    void WriteForget(string subscriptionId, IBufferWriter<byte> output);

    /// <summary>Writes the request that ends all subscriptions of a kind.</summary>
    /// <param name="kind">The kind, as <see cref="KindOf"/> says it.</param>
    /// <param name="output">Where to.</param>
    void WriteForgetAll(string kind, IBufferWriter<byte> output);

    /// <summary>Of which kind a subscription is, for <see cref="WriteForgetAll"/>; empty when of none.</summary>
    /// <param name="payload">The request that subscribes.</param>
    string KindOf(ReadOnlySpan<byte> payload);
}
