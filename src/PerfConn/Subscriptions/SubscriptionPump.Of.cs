using System;
using System.Buffers;
using PerfConn.Framing;
using PerfConn.Protocol;

namespace PerfConn.Subscriptions;

/// <summary>The pump with a venue's way of writing requests.</summary>
internal sealed class SubscriptionPump<TProtocol>(
    SubscriptionBook book, Standing standing, ReplyTable replies, RequestPacer pacer, FrameSender sender, VenueLimits limits)
    : SubscriptionPump(book, standing, replies, pacer, sender, limits)
    where TProtocol : struct, IVenueProtocol
{
    protected override void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) =>
        TProtocol.WriteSubscribe(output, requestId, streams);

    protected override void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) =>
        TProtocol.WriteUnsubscribe(output, requestId, streams);
}
