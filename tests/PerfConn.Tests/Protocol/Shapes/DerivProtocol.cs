using System;
using System.Buffers;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Key at a path: Deriv <c>tick/symbol</c>, told by <c>msg_type</c>, behind an echo of the request that names symbols too.</summary>
internal record struct DerivProtocol : IVenueProtocol
{
    private ShapeReader<DerivShape> _ticks;

    public static bool IgnoresSymbolCase => false;

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) =>
        SampleRequests.TryParse(stream, out symbol, out channel, out error);

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => SampleRequests.Write(output, requestId, streams);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => SampleRequests.Write(output, requestId, []);

    public void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (!_ticks.TryRead(message, out MessageFields fields) || !fields.Channel.SequenceEqual("tick"u8))
        {
            sink.OnOther(message);
        }
        else if (fields.IsSymbolEscaped)
        {
            EscapedSymbol.Pour(fields.Symbol, default, fields.Payload, ref sink);
        }
        else
        {
            sink.OnTick(fields.Symbol, default, fields.Payload);
        }
    }
}
