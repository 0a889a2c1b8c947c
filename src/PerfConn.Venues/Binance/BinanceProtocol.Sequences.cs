using System;
using System.Runtime.CompilerServices;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <content>
/// Sequence numbers (web-socket-streams.md): a book ticker's <c>u</c> rises, a trade's <c>t</c> rises by one, a spot depth update covers <c>U</c> to <c>u</c>, and
/// a futures one names its predecessor's last as <c>pu</c>.
/// </content>
public partial record struct BinanceProtocol
{
    /// <summary>
    /// Numbers fall back by what two hosts are apart, a few seconds. By this much they fall when the venue counts anew; a stream that took all of that for old would
    /// be blind for ever.
    /// </summary>
    private const long ResetDistance = 100_000_000;

    /// <inheritdoc/>
    public static SequenceRule RuleOf(TickChannel channel) => channel.Value switch
    {
        0 => SequenceRule.Increasing with { ResetDistance = ResetDistance },
        1 => SequenceRule.Contiguous with { ResetDistance = ResetDistance },
        2 => SequenceRule.Range with { ResetDistance = ResetDistance },
        _ => SequenceRule.None,
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadSequence(TickChannel channel, ReadOnlySpan<byte> payload, out SequenceSpan span)
    {
        if (channel == BinanceChannels.BookTicker)
        {
            // The number stands where Read has just looked, in bytes that are in registers and caches still.
            if (payload.Length > BookNumber && payload.StartsWith("{\"u\":"u8)
                && Utf8Integer.TryParseBlock(payload[BookNumber..], out long updateId, out _))
            {
                span = SequenceSpan.Increasing(updateId);
                return true;
            }

            return TryReadAnySequence(channel, payload, out span);
        }

        return channel == BinanceChannels.Trade ? TryReadTradeSequence(payload, out span)
            : channel == BinanceChannels.Depth ? TryReadDepthSequence(payload, out span)
            : None(out span);
    }

    private const int BookNumber = 5;

    private static bool None(out SequenceSpan span)
    {
        span = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadTradeSequence(ReadOnlySpan<byte> payload, out SequenceSpan span)
    {
        var cursor = new BinanceCursor(payload);
        if (cursor.Accept("{\"e\":\"trade\",\"E\":"u8) && cursor.SkipToQuote() && cursor.Accept("\"s\":\""u8) && cursor.SkipToQuote()
            && cursor.Accept("\",\"t\":"u8) && cursor.TryReadInt64(out long tradeId))
        {
            span = SequenceSpan.Single(tradeId);
            return true;
        }

        return TryReadAnySequence(BinanceChannels.Trade, payload, out span);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadDepthSequence(ReadOnlySpan<byte> payload, out SequenceSpan span)
    {
        var cursor = new BinanceCursor(payload);
        if (cursor.Accept("{\"e\":\"depthUpdate\",\"E\":"u8) && cursor.SkipToQuote() && cursor.Accept("\"s\":\""u8) && cursor.SkipToQuote()
            && cursor.Accept("\",\"U\":"u8) && cursor.TryReadInt64(out long first)
            && cursor.Accept(",\"u\":"u8) && cursor.TryReadInt64(out long last) && cursor.Accept(",\"b\":"u8) && first <= last)
        {
            span = SequenceSpan.Range(first, last);
            return true;
        }

        return TryReadAnySequence(BinanceChannels.Depth, payload, out span);
    }

    /// <summary>Whatever the order of the fields; futures come here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadAnySequence(TickChannel channel, ReadOnlySpan<byte> payload, out SequenceSpan span)
    {
        long first = -1, last = -1, previous = -1, trade = -1;
        foreach (JsonField field in new JsonFields(payload))
        {
            if (field.Key.Length == 1)
            {
                switch (field.Key[0])
                {
                    case (byte)'u':
                        last = NumberOf(field);
                        break;
                    case (byte)'U':
                        first = NumberOf(field);
                        break;
                    case (byte)'t':
                        trade = NumberOf(field);
                        break;
                    default:
                        break;
                }
            }
            else if (field.Key.SequenceEqual("pu"u8))
            {
                previous = NumberOf(field);
            }

            if (IsWhole(channel, first, last, previous, trade))
            {
                break;
            }
        }

        span = channel == BinanceChannels.Trade ? SequenceSpan.Single(trade)
            : channel == BinanceChannels.BookTicker ? SequenceSpan.Increasing(last)
            : previous >= 0 ? SequenceSpan.Chained(previous, last)
            : new SequenceSpan(first - 1, last);
        return channel == BinanceChannels.Trade ? trade >= 0
            : channel == BinanceChannels.BookTicker ? last >= 0
            : last >= 0 && (previous >= 0 || (first >= 0 && first <= last));
    }

    private static long NumberOf(scoped in JsonField field) => Utf8Integer.TryParse(field.Value, out long number) ? number : -1;

    /// <summary>Whether nothing more has to be looked for: a depth update may still have a <c>pu</c>, which stands behind the two others.</summary>
    private static bool IsWhole(TickChannel channel, long first, long last, long previous, long trade) =>
        channel == BinanceChannels.Trade ? trade >= 0
        : channel == BinanceChannels.BookTicker ? last >= 0
        : previous >= 0 && last >= 0 && first >= 0;
}
