using System;
using System.Buffers;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Binary token at an offset: Zerodha Kite v3. A frame of one byte is a heartbeat, text is about orders.</summary>
internal record struct KiteProtocol : IVenueProtocol
{
    /// <summary>The day's instrument list; every line of the venue uses it.</summary>
    public static TokenTable Instruments { get; } = new([new(408065, "INFY"), new(738561, "RELIANCE")]);

    public static bool IgnoresSymbolCase => false;

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) =>
        SampleRequests.TryParse(stream, out symbol, out channel, out error);

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => SampleRequests.Write(output, requestId, []);

    public void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (!TokenReader<KiteLayout>.TryPourCounted(message, Instruments, ref sink))
        {
            sink.OnOther(message);
        }
    }
}
