using System;
using System.Buffers;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Arrays within arrays: Coinbase Advanced <c>events[].tickers[].product_id</c>.</summary>
internal record struct CoinbaseAdvancedProtocol : IVenueProtocol
{
    private ShapeReader<CoinbaseAdvancedEnvelope> _messages;
    private ShapeReader<CoinbaseAdvancedEvent> _events;
    private ItemReader<ProductItem> _items;

    public static bool IgnoresSymbolCase => false;

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) =>
        SampleRequests.TryParse(stream, out symbol, out channel, out error);

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => SampleRequests.Write(output, requestId, []);

    public void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (!_messages.TryRead(message, out MessageFields fields) || !fields.Channel.SequenceEqual("ticker"u8))
        {
            sink.OnOther(message);
            return;
        }

        foreach (ReadOnlySpan<byte> one in new JsonItems(fields.Payload))
        {
            if (!_events.TryRead(one, out MessageFields tickers) || !_items.TryPour(tickers.Payload, default, ref sink))
            {
                sink.OnOther(one);
            }
        }
    }
}
