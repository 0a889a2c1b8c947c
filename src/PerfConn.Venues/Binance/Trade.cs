using System;
using System.Runtime.CompilerServices;
using PerfConn.Dispatch;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// One trade:
/// <c>{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}</c>.
/// </summary>
/// <remarks>All values are read at once, exactly, by <see cref="TryRead"/>. Allocates nothing.</remarks>
public readonly ref struct Trade
{
    private Trade(long eventTime, long tradeId, FixedPoint price, FixedPoint quantity, long tradeTime, bool buyerIsMaker)
    {
        EventTime = eventTime;
        TradeId = tradeId;
        Price = price;
        Quantity = quantity;
        TradeTime = tradeTime;
        BuyerIsMaker = buyerIsMaker;
    }

    /// <summary>When the venue sent the event (<c>E</c>): Unix time in milliseconds, or microseconds if the line asked for them.</summary>
    public long EventTime { get; }

    /// <summary>Trade id (<c>t</c>).</summary>
    public long TradeId { get; }

    /// <summary>Price (<c>p</c>).</summary>
    public FixedPoint Price { get; }

    /// <summary>Quantity (<c>q</c>).</summary>
    public FixedPoint Quantity { get; }

    /// <summary>When the trade took place (<c>T</c>), in the unit of <see cref="EventTime"/>.</summary>
    public long TradeTime { get; }

    /// <summary>Whether the buyer's order was the resting one (<c>m</c>), so that the seller was the aggressor.</summary>
    public bool BuyerIsMaker { get; }

    /// <summary>Reads a tick of <see cref="BinanceChannels.Trade"/>.</summary>
    /// <returns>False when the tick is of another channel, or when a field is missing or not what it should be.</returns>
    public static bool TryRead(in Tick tick, out Trade trade)
    {
        if (tick.Channel != BinanceChannels.Trade)
        {
            trade = default;
            return false;
        }

        return TryReadExpected(tick.Payload, out trade) || TryReadFields(tick.Payload, out trade);
    }

    /// <summary>Never inlined, for the reason given at <see cref="BookTicker"/>'s.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadExpected(ReadOnlySpan<byte> payload, out Trade trade)
    {
        var cursor = new BinanceCursor(payload);
        if (cursor.Accept("{\"e\":\"trade\",\"E\":"u8) && cursor.TryReadInt64(out long eventTime)
            && cursor.Accept(",\"s\":\""u8) && cursor.SkipToQuote()
            && cursor.Accept("\",\"t\":"u8) && cursor.TryReadInt64(out long tradeId)
            && cursor.Accept(",\"p\":\""u8) && cursor.TryReadFixed(out FixedPoint price)
            && cursor.Accept("\",\"q\":\""u8) && cursor.TryReadFixed(out FixedPoint quantity)
            && cursor.Accept("\",\"T\":"u8) && cursor.TryReadInt64(out long tradeTime)
            && cursor.Accept(",\"m\":"u8) && cursor.TryReadBoolean(out bool buyerIsMaker)
            && (cursor.Accept(",\"M\":true}"u8) || cursor.Accept("}"u8)) && cursor.IsDone)
        {
            // M is documented as "ignore".
            trade = new Trade(eventTime, tradeId, price, quantity, tradeTime, buyerIsMaker);
            return true;
        }

        trade = default;
        return false;
    }

    private static bool TryReadFields(ReadOnlySpan<byte> payload, out Trade trade)
    {
        long eventTime = 0, tradeId = 0, tradeTime = 0;
        FixedPoint price = default, quantity = default;
        bool buyerIsMaker = false;
        int read = 0;
        JsonFields.Enumerator walk = new JsonFields(payload).GetEnumerator();
        while (walk.MoveNext())
        {
            JsonField field = walk.Current;
            if (field.Key.Length == 1 && field.Key[0] == 'm' && field.Kind == JsonKind.Boolean)
            {
                buyerIsMaker = field.Value[0] == 't';
                read |= 1;
                continue;
            }

            read |= field.Key.Length != 1 ? 0 : field.Key[0] switch
            {
                (byte)'E' when Utf8Integer.TryParse(field.Value, out eventTime) => 2,
                (byte)'t' when Utf8Integer.TryParse(field.Value, out tradeId) => 4,
                (byte)'T' when Utf8Integer.TryParse(field.Value, out tradeTime) => 8,
                (byte)'p' when FixedPoint.TryParse(field.Text, out price) => 16,
                (byte)'q' when FixedPoint.TryParse(field.Text, out quantity) => 32,
                _ => 0,
            };
        }

        trade = new Trade(eventTime, tradeId, price, quantity, tradeTime, buyerIsMaker);
        return walk.IsComplete && read == 63;
    }
}
