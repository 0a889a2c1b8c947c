using System;
using System.Buffers;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;
using static PerfConn.Tests.Protocol.Shapes.VenueTopics;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Array of items with own symbols: Kraken v2 <c>data[].symbol</c>, told by <c>channel</c>.</summary>
internal record struct KrakenProtocol : IVenueProtocol
{
    private ShapeReader<KrakenEnvelope> _messages;
    private TopicReader<KrakenChannels> _channels;
    private ItemReader<SymbolItem> _items;

    public static bool IgnoresSymbolCase => false;

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) =>
        SampleRequests.TryParse(stream, out symbol, out channel, out error);

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => SampleRequests.Write(output, requestId, []);

    public void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (!_messages.TryRead(message, out MessageFields fields)
            || !_channels.TryFind(fields.Channel, out int channel)
            || !_items.TryPour(fields.Payload, new TickChannel((byte)channel), ref sink))
        {
            sink.OnOther(message);
        }
    }
}
