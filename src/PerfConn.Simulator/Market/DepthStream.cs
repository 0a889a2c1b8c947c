using System;
using System.Buffers.Binary;

namespace PerfConn.Simulator.Market;

/// <summary>
/// Changes of the order book: <c>{"e":"depthUpdate","E":…,"s":"…","U":…,"u":…,"b":[["…","…"],…],"a":[…]}</c>. Each event covers four update ids,
/// and its first follows the last of the event before.
/// </summary>
internal sealed class DepthStream(string name, Instrument instrument, StreamFormat format, long first)
    : TickStream(name, instrument, format, first)
{
    private const int UpdatesPerEvent = 4;
    private const int Levels = 2;

    private readonly int[] _prices = new int[2 * Levels];
    private readonly int[] _quantities = new int[2 * Levels];
    private int _eventTime;
    private int _firstId;
    private int _lastId;

    protected override long SequenceOf(long index) => Instrument.FirstUpdateId + (UpdatesPerEvent * index) + (UpdatesPerEvent - 1);

    protected override void Lay(FrameTemplate template, StreamFormat format, long index)
    {
        template
            .Text("{\"e\":\"depthUpdate\",\"E\":").Field(TickTime.Width(format.IsMicroseconds), out _eventTime)
            .Text(",\"s\":\"").Text(Instrument.Name)
            .Text("\",\"U\":").Id(FirstOf(index), out _firstId)
            .Text(",\"u\":").Id(SequenceOf(index), out _lastId)
            .Text(",\"b\":[");
        Lay(template, 0);
        template.Text("],\"a\":[");
        Lay(template, Levels);
        template.Text("]}");
    }

    protected override void Shift(int offset)
    {
        _eventTime += offset;
        _firstId += offset;
        _lastId += offset;
        for (int i = 0; i < _prices.Length; i++)
        {
            _prices[i] += offset;
            _quantities[i] += offset;
        }
    }

    protected override int Write(Span<byte> destination, long index, in TickTime time)
    {
        int size = Copy(destination);
        uint bid = Instrument.PriceAt(index);
        time.Write(destination[_eventTime..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[_firstId..], LowDigits(FirstOf(index)));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[_lastId..], LowDigits(SequenceOf(index)));
        for (uint level = 0; level < Levels; level++)
        {
            ulong quantities = Quantity.Two(Hash.Quick(Instrument.Salt + (ulong)index + (level << 16)));
            Instrument.WritePrice(destination[_prices[level]..], bid - Instrument.Above(0, level));
            Quantity.WriteLeft(destination[_quantities[level]..], quantities);
            Instrument.WritePrice(destination[_prices[Levels + level]..], Instrument.Above(bid, 1 + level));
            Quantity.WriteRight(destination[_quantities[Levels + level]..], quantities);
        }

        return size;
    }

    /// <summary>First update id of an event. It is a multiple of four, so both ids of an event agree above their last eight digits.</summary>
    private long FirstOf(long index) => SequenceOf(index) - (UpdatesPerEvent - 1);

    private void Lay(FrameTemplate template, int from)
    {
        for (int i = from; i < from + Levels; i++)
        {
            template
                .Text(i == from ? "[\"" : ",[\"").Price(Instrument, out _prices[i])
                .Text("\",\"").Quantity(out _quantities[i])
                .Text("\"]");
        }
    }
}
