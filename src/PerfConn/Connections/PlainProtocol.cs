using System;
using System.Buffers;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Connections;

/// <summary>The protocol of a line that has none: its messages go to their handler as they are, and there is nothing to subscribe to.</summary>
internal struct PlainProtocol : IVenueProtocol
{
    /// <summary>What stands where a line has its symbols: one for all, for a map of its own would be 256 KiB that nobody looks into.</summary>
    public static SymbolMap NoSymbols { get; } = new(capacity: 0, maxSymbols: 1);

    public static bool IgnoresSymbolCase => false;

    public readonly void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct => sink.OnOther(message);

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error)
    {
        symbol = "";
        channel = default;
        error = "a line of plain messages has no streams";
        return false;
    }

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => throw new NotSupportedException();

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => throw new NotSupportedException();

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => throw new NotSupportedException();
}
