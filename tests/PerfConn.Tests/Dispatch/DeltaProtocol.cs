using System;
using System.Buffers;
using System.Buffers.Binary;
using PerfConn.Protocol;

namespace PerfConn.Tests.Dispatch;

/// <summary>Deltas of eight bytes: number n covers the updates 2n - 1 and 2n.</summary>
internal struct DeltaProtocol : IVenueProtocol
{
    public static bool IgnoresSymbolCase => false;

    public static byte[] Payload(long number)
    {
        var payload = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(payload, number);
        return payload;
    }

    public static SequenceRule RuleOf(TickChannel channel) => SequenceRule.Range;

    public static bool TryReadSequence(TickChannel channel, ReadOnlySpan<byte> payload, out SequenceSpan span)
    {
        long number = BinaryPrimitives.ReadInt64LittleEndian(payload);
        span = SequenceSpan.Range((2 * number) - 1, 2 * number);
        return true;
    }

    public readonly void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct => sink.OnOther(message);

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) => throw new NotSupportedException();

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => throw new NotSupportedException();

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => throw new NotSupportedException();

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => throw new NotSupportedException();
}
