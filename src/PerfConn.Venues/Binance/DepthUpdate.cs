using System;
using System.Runtime.CompilerServices;
using PerfConn.Dispatch;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// A change of the order book:
/// <c>{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,"b":[["0.0024","10"]],"a":[["0.0026","100"]]}</c>.
/// </summary>
/// <remarks>
/// The levels are read while one walks over them, so the update is valid as long as its tick. Allocates nothing. The rule against gaps: <see cref="FirstUpdateId"/>
/// is the previous update's <see cref="FinalUpdateId"/> + 1.
/// </remarks>
public readonly ref struct DepthUpdate
{
    private DepthUpdate(long eventTime, long firstUpdateId, long finalUpdateId, ReadOnlySpan<byte> bids, ReadOnlySpan<byte> asks)
    {
        EventTime = eventTime;
        FirstUpdateId = firstUpdateId;
        FinalUpdateId = finalUpdateId;
        Bids = new PriceLevels(bids);
        Asks = new PriceLevels(asks);
    }

    /// <summary>When the venue sent the event (<c>E</c>): Unix time in milliseconds, or microseconds if the line asked for them.</summary>
    public long EventTime { get; }

    /// <summary>First update id in this event (<c>U</c>).</summary>
    public long FirstUpdateId { get; }

    /// <summary>Last update id in this event (<c>u</c>).</summary>
    public long FinalUpdateId { get; }

    /// <summary>Bids that changed (<c>b</c>).</summary>
    public PriceLevels Bids { get; }

    /// <summary>Asks that changed (<c>a</c>).</summary>
    public PriceLevels Asks { get; }

    /// <summary>Reads a tick of <see cref="BinanceChannels.Depth"/>: its head; the levels are read later.</summary>
    /// <returns>False when the tick is of another channel, or when a field is missing or not what it should be.</returns>
    public static bool TryRead(in Tick tick, out DepthUpdate depth)
    {
        if (tick.Channel != BinanceChannels.Depth)
        {
            depth = default;
            return false;
        }

        return TryReadExpected(tick.Payload, out depth) || TryReadFields(tick.Payload, out depth);
    }

    /// <summary>Never inlined, for the reason given at <see cref="BookTicker"/>'s.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadExpected(ReadOnlySpan<byte> payload, out DepthUpdate depth)
    {
        // A price has no quote inside, so the key of the asks cannot be part of the bids.
        var cursor = new BinanceCursor(payload);
        if (cursor.Accept("{\"e\":\"depthUpdate\",\"E\":"u8) && cursor.TryReadInt64(out long eventTime)
            && cursor.Accept(",\"s\":\""u8) && cursor.SkipToQuote()
            && cursor.Accept("\",\"U\":"u8) && cursor.TryReadInt64(out long first)
            && cursor.Accept(",\"u\":"u8) && cursor.TryReadInt64(out long final)
            && cursor.Accept(",\"b\":"u8) && cursor.TryReadUntil(",\"a\":"u8, out ReadOnlySpan<byte> bids)
            && cursor.Accept(",\"a\":"u8) && cursor.TryReadUntil("}"u8, out ReadOnlySpan<byte> asks)
            && cursor.Accept("}"u8) && cursor.IsDone && IsBracketed(bids) && IsBracketed(asks))
        {
            depth = new DepthUpdate(eventTime, first, final, bids, asks);
            return true;
        }

        depth = default;
        return false;
    }

    private static bool IsBracketed(ReadOnlySpan<byte> array) => array.Length >= 2 && array[0] == '[' && array[^1] == ']';

    private static bool TryReadFields(ReadOnlySpan<byte> payload, out DepthUpdate depth)
    {
        long eventTime = 0, first = 0, final = 0;
        ReadOnlySpan<byte> bids = default, asks = default;
        int read = 0;
        JsonFields.Enumerator walk = new JsonFields(payload).GetEnumerator();
        while (walk.MoveNext())
        {
            JsonField field = walk.Current;
            byte letter = field.Key.Length == 1 ? field.Key[0] : (byte)0;
            if (field.Kind == JsonKind.Array && letter == 'b')
            {
                bids = field.Value;
                read |= 1;
            }
            else if (field.Kind == JsonKind.Array && letter == 'a')
            {
                asks = field.Value;
                read |= 2;
            }

            read |= letter switch
            {
                (byte)'E' when Utf8Integer.TryParse(field.Value, out eventTime) => 4,
                (byte)'U' when Utf8Integer.TryParse(field.Value, out first) => 8,
                (byte)'u' when Utf8Integer.TryParse(field.Value, out final) => 16,
                _ => 0,
            };
        }

        depth = new DepthUpdate(eventTime, first, final, bids, asks);
        return walk.IsComplete && read == 31;
    }
}
