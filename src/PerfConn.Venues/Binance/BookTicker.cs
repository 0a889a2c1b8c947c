using System;
using PerfConn.Dispatch;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// Best bid and offer of a symbol:
/// <c>{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}</c>.
/// </summary>
/// <remarks>All values are read at once, exactly, by <see cref="TryRead"/>. Allocates nothing.</remarks>
public readonly ref struct BookTicker
{
    private BookTicker(long updateId, FixedPoint bidPrice, FixedPoint bidQuantity, FixedPoint askPrice, FixedPoint askQuantity)
    {
        UpdateId = updateId;
        BidPrice = bidPrice;
        BidQuantity = bidQuantity;
        AskPrice = askPrice;
        AskQuantity = askQuantity;
    }

    /// <summary>Order book update id (<c>u</c>); grows within a symbol.</summary>
    public long UpdateId { get; }

    /// <summary>Best bid price (<c>b</c>).</summary>
    public FixedPoint BidPrice { get; }

    /// <summary>Quantity at the best bid (<c>B</c>).</summary>
    public FixedPoint BidQuantity { get; }

    /// <summary>Best ask price (<c>a</c>).</summary>
    public FixedPoint AskPrice { get; }

    /// <summary>Quantity at the best ask (<c>A</c>).</summary>
    public FixedPoint AskQuantity { get; }

    /// <summary>Reads a tick of <see cref="BinanceChannels.BookTicker"/>.</summary>
    /// <returns>False when the tick is of another channel, or when a field is missing or not what it should be.</returns>
    public static bool TryRead(in Tick tick, out BookTicker book)
    {
        if (tick.Channel != BinanceChannels.BookTicker)
        {
            book = default;
            return false;
        }

        return TryReadExpected(tick.Payload, out book) || TryReadFields(tick.Payload, out book);
    }

    private static bool TryReadExpected(ReadOnlySpan<byte> payload, out BookTicker book)
    {
        var cursor = new BinanceCursor(payload);
        cursor.Expect("{\"u\":"u8);
        long updateId = cursor.ReadInt64();
        cursor.Expect(",\"s\":\""u8);
        cursor.SkipToQuote();
        cursor.Expect("\",\"b\":\""u8);
        FixedPoint bidPrice = cursor.ReadFixed();
        cursor.Expect("\",\"B\":\""u8);
        FixedPoint bidQuantity = cursor.ReadFixed();
        cursor.Expect("\",\"a\":\""u8);
        FixedPoint askPrice = cursor.ReadFixed();
        cursor.Expect("\",\"A\":\""u8);
        FixedPoint askQuantity = cursor.ReadFixed();
        cursor.Expect("\"}"u8);
        book = new BookTicker(updateId, bidPrice, bidQuantity, askPrice, askQuantity);
        return cursor.IsDone;
    }

    private static bool TryReadFields(ReadOnlySpan<byte> payload, out BookTicker book)
    {
        long updateId = 0;
        FixedPoint bidPrice = default, bidQuantity = default, askPrice = default, askQuantity = default;
        int read = 0;
        JsonFields.Enumerator walk = new JsonFields(payload).GetEnumerator();
        while (walk.MoveNext())
        {
            JsonField field = walk.Current;
            read |= field.Key.Length != 1 ? 0 : field.Key[0] switch
            {
                (byte)'u' when Utf8Integer.TryParse(field.Value, out updateId) => 1,
                (byte)'b' when FixedPoint.TryParse(field.Text, out bidPrice) => 2,
                (byte)'B' when FixedPoint.TryParse(field.Text, out bidQuantity) => 4,
                (byte)'a' when FixedPoint.TryParse(field.Text, out askPrice) => 8,
                (byte)'A' when FixedPoint.TryParse(field.Text, out askQuantity) => 16,
                _ => 0,
            };
        }

        book = new BookTicker(updateId, bidPrice, bidQuantity, askPrice, askQuantity);
        return walk.IsComplete && read == 31;
    }
}
