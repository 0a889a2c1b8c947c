using System;
using System.Runtime.CompilerServices;
using PerfConn.Dispatch;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// Best bid and offer of a symbol:
/// <c>{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}</c>.
/// </summary>
/// <remarks>All values are read at once, exactly, by <see cref="TryRead"/>. Allocates nothing.</remarks>
public ref struct BookTicker
{
    // Written one by one while the message is read: five values kept until the end push the cursor's position out of its register (2 of 36 ns,
    // BinanceProtocolBenchmarks.BookTickerValues).
    private long _updateId;
    private FixedPoint _bidPrice;
    private FixedPoint _bidQuantity;
    private FixedPoint _askPrice;
    private FixedPoint _askQuantity;

    /// <summary>Order book update id (<c>u</c>); grows within a symbol.</summary>
    public readonly long UpdateId => _updateId;

    /// <summary>Best bid price (<c>b</c>).</summary>
    public readonly FixedPoint BidPrice => _bidPrice;

    /// <summary>Quantity at the best bid (<c>B</c>).</summary>
    public readonly FixedPoint BidQuantity => _bidQuantity;

    /// <summary>Best ask price (<c>a</c>).</summary>
    public readonly FixedPoint AskPrice => _askPrice;

    /// <summary>Quantity at the best ask (<c>A</c>).</summary>
    public readonly FixedPoint AskQuantity => _askQuantity;

    /// <summary>Reads a tick of <see cref="BinanceChannels.BookTicker"/>.</summary>
    /// <returns>False when the tick is of another channel, or when a field is missing or not what it should be.</returns>
    public static bool TryRead(in Tick tick, out BookTicker book)
    {
        if (tick.Channel != BinanceChannels.BookTicker)
        {
            book = default;
            return false;
        }

        Unsafe.SkipInit(out book);
        return book.TryReadExpected(tick.Payload) || book.TryReadFields(tick.Payload);
    }

    /// <summary>Never inlined: its parts are, and in a caller's body they would exceed what the JIT inlines into one method (48 instead of 34 ns).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadExpected(ReadOnlySpan<byte> payload)
    {
        var cursor = new BinanceCursor(payload);
        return cursor.Accept("{\"u\":"u8) && cursor.TryReadInt64(out _updateId)
            && cursor.Accept(",\"s\":\""u8) && cursor.SkipToQuote()
            && cursor.Accept("\",\"b\":\""u8) && cursor.TryReadFixed(out _bidPrice)
            && cursor.Accept("\",\"B\":\""u8) && cursor.TryReadFixed(out _bidQuantity)
            && cursor.Accept("\",\"a\":\""u8) && cursor.TryReadFixed(out _askPrice)
            && cursor.Accept("\",\"A\":\""u8) && cursor.TryReadFixed(out _askQuantity)
            && cursor.Accept("\"}"u8) && cursor.IsDone;
    }

    private bool TryReadFields(ReadOnlySpan<byte> payload)
    {
        this = default;
        int read = 0;
        JsonFields.Enumerator walk = new JsonFields(payload).GetEnumerator();
        while (walk.MoveNext())
        {
            JsonField field = walk.Current;
            read |= field.Key.Length != 1 ? 0 : field.Key[0] switch
            {
                (byte)'u' when Utf8Integer.TryParse(field.Value, out _updateId) => 1,
                (byte)'b' when FixedPoint.TryParse(field.Text, out _bidPrice) => 2,
                (byte)'B' when FixedPoint.TryParse(field.Text, out _bidQuantity) => 4,
                (byte)'a' when FixedPoint.TryParse(field.Text, out _askPrice) => 8,
                (byte)'A' when FixedPoint.TryParse(field.Text, out _askQuantity) => 16,
                _ => 0,
            };
        }

        if (walk.IsComplete && read == 31)
        {
            return true;
        }

        this = default;
        return false;
    }
}
