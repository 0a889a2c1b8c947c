using System;
using System.Buffers;
using PerfConn.Protocol;

namespace PerfConn.Tests.Sequencing;

/// <summary>A protocol of which only the rules matter: channel n has the n-th kind.</summary>
internal struct RuledProtocol : IVenueProtocol
{
    public static bool IgnoresSymbolCase => false;

    public static SequenceRule RuleOf(TickChannel channel) => channel.Value <= (int)SequenceKind.Chained
        ? new SequenceRule { Kind = (SequenceKind)channel.Value, ResetDistance = 50 }
        : SequenceRule.None;

    public readonly void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct => sink.OnOther(message);

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) => throw new NotSupportedException();

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => throw new NotSupportedException();

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => throw new NotSupportedException();

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => throw new NotSupportedException();
}
