using System;
using System.Buffers.Binary;

namespace PerfConn.Simulator.Market;

/// <summary>Best bid and ask: <c>{"u":…,"s":"…","b":"…","B":"…","a":"…","A":"…"}</c>, update ids rising by one.</summary>
internal sealed class BookTickerStream(string name, Instrument instrument, StreamFormat format, long first)
    : TickStream(name, instrument, format, first)
{
    private int _id;
    private int _bid;
    private int _bidQuantity;
    private int _ask;
    private int _askQuantity;

    protected override long SequenceOf(long index) => Instrument.FirstUpdateId + index;

    protected override void Lay(FrameTemplate template, StreamFormat format, long index) => template
        .Text("{\"u\":").Id(SequenceOf(index), out _id)
        .Text(",\"s\":\"").Text(Instrument.Name)
        .Text("\",\"b\":\"").Price(Instrument, out _bid)
        .Text("\",\"B\":\"").Quantity(out _bidQuantity)
        .Text("\",\"a\":\"").Price(Instrument, out _ask)
        .Text("\",\"A\":\"").Quantity(out _askQuantity)
        .Text("\"}");

    protected override void Shift(int offset)
    {
        _id += offset;
        _bid += offset;
        _bidQuantity += offset;
        _ask += offset;
        _askQuantity += offset;
    }

    protected override int Write(Span<byte> destination, long index, in TickTime time)
    {
        int size = Copy(destination);
        ulong random = Hash.Quick(Instrument.Salt + (ulong)index);
        uint bid = Instrument.PriceAt(index);
        ulong quantities = Quantity.Two(random);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[_id..], LowDigits(SequenceOf(index)));
        Instrument.WritePrice(destination[_bid..], bid);
        Quantity.WriteLeft(destination[_bidQuantity..], quantities);
        Instrument.WritePrice(destination[_ask..], Instrument.Above(bid, 1 + (uint)(random >> 62)));
        Quantity.WriteRight(destination[_askQuantity..], quantities);
        return size;
    }
}
