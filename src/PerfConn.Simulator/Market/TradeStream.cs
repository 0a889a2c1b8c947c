using System;
using System.Buffers.Binary;
using System.Diagnostics;

namespace PerfConn.Simulator.Market;

/// <summary>
/// Trades: <c>{"e":"trade","E":…,"s":"…","t":…,"p":"…","q":"…","T":…,"m":…,"M":true}</c>, trade ids rising by one.
/// </summary>
internal sealed class TradeStream(string name, Instrument instrument, StreamFormat format, long first)
    : TickStream(name, instrument, format, first)
{
    private int _eventTime;
    private int _id;
    private int _price;
    private int _quantity;
    private int _tradeTime;
    private int _maker;

    protected override long SequenceOf(long index) => Instrument.FirstTradeId + index;

    protected override void Lay(FrameTemplate template, StreamFormat format, long index) => template
        .Text("{\"e\":\"trade\",\"E\":").Field(TickTime.Width(format.IsMicroseconds), out _eventTime)
        .Text(",\"s\":\"").Text(Instrument.Name)
        .Text("\",\"t\":").Id(SequenceOf(index), out _id)
        .Text(",\"p\":\"").Price(Instrument, out _price)
        .Text("\",\"q\":\"").Quantity(out _quantity)
        .Text("\",\"T\":").Field(TickTime.Width(format.IsMicroseconds), out _tradeTime)
        .Text(",\"m\":").Place(out _maker).Text("false,\"M\":true}");

    protected override void Shift(int offset)
    {
        _eventTime += offset;
        _id += offset;
        _price += offset;
        _quantity += offset;
        _tradeTime += offset;
        _maker += offset;
    }

    protected override int Write(Span<byte> destination, long index, in TickTime time)
    {
        int size = Copy(destination);
        ulong random = Hash.Quick(Instrument.Salt + (ulong)index);
        bool isMaker = random >> 63 != 0;
        uint bid = Instrument.PriceAt(index);
        time.Write(destination[_eventTime..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[_id..], LowDigits(SequenceOf(index)));
        Instrument.WritePrice(destination[_price..], isMaker ? bid : Instrument.Above(bid, 1));
        Quantity.WriteLeft(destination[_quantity..], Quantity.Two(random));
        time.Write(destination[_tradeTime..]);
        return isMaker ? Shorten(destination, size) : size;
    }

    /// <summary>"true" is one byte shorter than "false": the tail moves up and the length in the frame's header shrinks.</summary>
    private int Shorten(Span<byte> frame, int size)
    {
        "true"u8.CopyTo(frame[_maker..]);
        frame[(_maker + 5)..size].CopyTo(frame[(_maker + 4)..]);

        // A trade is always longer than 126 bytes, so that the length stands in 16 bits before and after.
        Span<byte> length = frame[2..];
        ushort payload = BinaryPrimitives.ReadUInt16BigEndian(length);
        Debug.Assert(frame[1] == 126 && payload > 126, "the header would change its form");
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(payload - 1));
        return size - 1;
    }
}
