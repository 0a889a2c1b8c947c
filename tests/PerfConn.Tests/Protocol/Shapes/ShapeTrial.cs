using System;
using PerfConn.Protocol.Shapes;
using static PerfConn.Tests.Protocol.Shapes.VenueShapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Readers of every shape with a history, held to the exact scan and to readers without one, message by message.</summary>
internal sealed class ShapeTrial
{
    private ShapeReader<KrakenEnvelope> _kraken;
    private ShapeReader<SymbolItem> _item;
    private ShapeReader<SItem> _s;
    private ShapeReader<CoinbaseShape> _coinbase;
    private ShapeReader<DerivShape> _deriv;
    private ShapeReader<BybitShape> _bybit;
    private ShapeReader<OkxShape> _okx;
    private ShapeReader<DeribitShape> _deribit;
    private ShapeReader<NumberShape> _number;

    /// <summary>Messages that were of a shape, over all shapes.</summary>
    public long Read { get; private set; }

    /// <summary>Those of them that a prediction found.</summary>
    public long Predicted { get; private set; }

    /// <summary>What went wrong, null when nothing: the first shape whose answer depends on what came before.</summary>
    public string? Fault(ReadOnlySpan<byte> message) =>
        Try(ref _kraken, message) && Try(ref _item, message) && Try(ref _s, message) && Try(ref _coinbase, message) && Try(ref _deriv, message)
            && Try(ref _bybit, message) && Try(ref _okx, message) && Try(ref _deribit, message) && Try(ref _number, message)
            ? null
            : _fault;

    private string? _fault;

    private bool Try<TShape>(ref ShapeReader<TShape> reader, ReadOnlySpan<byte> message)
        where TShape : struct, IMessageShape
    {
        ShapeReader<TShape> fresh = default;
        bool exact = ShapeReader<TShape>.TryReadExact(message, out MessageFields expected);
        ShapeReader<TShape> copy = reader;
        bool isPredicted = copy.IsPredicted(message);
        bool first = fresh.TryRead(message, out MessageFields once);
        bool second = fresh.TryRead(message, out MessageFields again);
        bool later = reader.TryRead(message, out MessageFields found);
        Read += exact ? 1 : 0;
        Predicted += isPredicted ? 1 : 0;
        bool good = first == exact && second == exact && later == exact && (!isPredicted || exact)
            && Same(expected, once) && Same(expected, again) && Same(expected, found);
        _fault = good ? null : $"{typeof(TShape).Name}: exact {exact}, fresh {first}, again {second}, with a history {later}";
        return good;
    }

    /// <summary>The same bytes at the same places, not only equal ones.</summary>
    private static bool Same(MessageFields one, MessageFields other) =>
        one.Symbol == other.Symbol && one.Channel == other.Channel && one.Payload == other.Payload && one.IsSymbolEscaped == other.IsSymbolEscaped;
}
