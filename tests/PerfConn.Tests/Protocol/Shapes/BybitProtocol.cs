using System;
using System.Buffers;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;
using static PerfConn.Tests.Protocol.Shapes.VenueTopics;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Suffix of a topic: Bybit v5 <c>orderbook.50.BTCUSDT</c>, the payload at <c>data</c>.</summary>
internal record struct BybitProtocol : IVenueProtocol
{
    private ShapeReader<BybitShape> _messages;
    private TopicReader<HeadTopics> _topics;

    public static bool IgnoresSymbolCase => false;

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) =>
        SampleRequests.TryParse(stream, out symbol, out channel, out error);

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => SampleRequests.Write(output, requestId, []);

    public void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (!_messages.TryRead(message, out MessageFields fields) || !_topics.TrySplitHead(fields.Symbol, out int topic, out ReadOnlySpan<byte> symbol))
        {
            sink.OnOther(message);
        }
        else if (fields.IsSymbolEscaped)
        {
            EscapedSymbol.Pour(symbol, new TickChannel((byte)topic), fields.Payload, ref sink);
        }
        else
        {
            sink.OnTick(symbol, new TickChannel((byte)topic), fields.Payload);
        }
    }
}
