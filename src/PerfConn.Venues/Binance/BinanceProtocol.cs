using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// Binance spot market data streams, combined (<c>/stream</c>) and raw (<c>/ws</c>), in JSON
/// (binance/binance-spot-api-docs, web-socket-streams.md, 2026-07-21). Futures streams wrap and name their items the same way.
/// </summary>
/// <remarks>
/// <para>
/// Reading guesses that a message is laid out as the venue lays it out today, and verifies the guess on the way; a message that differs in any way (order
/// of fields, white space, more fields) is read again field by field. What is verified is the envelope: the payload's own values are verified by
/// the typed views (<see cref="BookTicker"/>, <see cref="Trade"/>, <see cref="DepthUpdate"/>) that read them.
/// </para>
/// <para>No state, so one instance may serve any number of lines. Reading allocates nothing and never throws.</para>
/// </remarks>
public readonly partial record struct BinanceProtocol : IVenueProtocol
{
    /// <summary>Every message that the fast path reads is longer; so its 32-byte loads stay inside.</summary>
    private const int ShortestGuess = 80;

    /// <inheritdoc/>
    /// <remarks>True: stream names are in lower case, the payload's symbols in upper case.</remarks>
    public static bool IgnoresSymbolCase => true;

    /// <inheritdoc/>
    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error) =>
        BinanceStreamName.TryParse(stream, out symbol, out channel, out error);

    /// <inheritdoc/>
    public void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (message.Length >= ShortestGuess)
        {
            bool read = message[2] == 's' ? TryReadCombined(message, ref sink) : TryReadRaw(message, ref sink);
            if (read)
            {
                return;
            }
        }

        ReadAny(message, ref sink);
    }

    /// <summary><c>{"stream":"btcusdt@bookTicker","data":{...}}</c>: channel and symbol stand in the stream name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadCombined<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        const int NameStart = 11;
        if (!message.StartsWith("{\"stream\":\""u8))
        {
            return false;
        }

        int at = IndexOfEither(message, NameStart, (byte)'@', (byte)'"');
        if (at <= NameStart || message[at] != '@')
        {
            return false;
        }

        // The length of what follows the '@' up to and including the payload's opening brace.
        ReadOnlySpan<byte> rest = message[(at + 1)..];
        TickChannel channel;
        int head;
        if (rest.StartsWith("bookTicker\",\"data\":{"u8))
        {
            channel = BinanceChannels.BookTicker;
            head = 20;
        }
        else if (rest.StartsWith("trade\",\"data\":{"u8))
        {
            channel = BinanceChannels.Trade;
            head = 15;
        }
        else if (rest.StartsWith("depth@100ms\",\"data\":{"u8))
        {
            channel = BinanceChannels.Depth;
            head = 21;
        }
        else if (rest.StartsWith("depth\",\"data\":{"u8))
        {
            channel = BinanceChannels.Depth;
            head = 15;
        }
        else
        {
            return false;
        }

        // None of these payloads holds an object, so their first brace closes them, and one more closes the envelope.
        ReadOnlySpan<byte> payload = rest[(head - 1)..^1];
        if (rest[^1] != '}' || payload.IndexOf((byte)'}') != payload.Length - 1)
        {
            return false;
        }

        sink.OnTick(message[NameStart..at], channel, payload);
        return true;
    }

    /// <summary>
    /// <c>{"u":400900217,"s":"BNBUSDT","b":"...</c> (a bookTicker has no event type), <c>{"e":"trade","E":1672515782136,"s":"BNBBTC",...</c> or
    /// <c>{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC",...</c>: a number, then the symbol.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadRaw<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        TickChannel channel;
        int number;
        if (message.StartsWith("{\"u\":"u8))
        {
            channel = BinanceChannels.BookTicker;
            number = 5;
        }
        else if (message.StartsWith("{\"e\":\"trade\",\"E\":"u8))
        {
            channel = BinanceChannels.Trade;
            number = 17;
        }
        else if (message.StartsWith("{\"e\":\"depthUpdate\",\"E\":"u8))
        {
            channel = BinanceChannels.Depth;
            number = 23;
        }
        else
        {
            return false;
        }

        // Only digits stand before the comma, so the symbol after it is the item's own and not one of something nested. That the rest is well formed
        // is for the typed view to say: looking for the end here was a second pass over the whole message, 6 of 21 ns (lab, stages raw).
        int comma = IndexOfNonDigit(message, number);
        if (comma <= number || message[^1] != '}' || !message[comma..].StartsWith(",\"s\":\""u8))
        {
            return false;
        }

        int symbol = comma + 6;
        int quote = IndexOfEither(message, symbol, (byte)'"', (byte)'"');
        if (quote <= symbol || (number == 5 && !message[quote..].StartsWith("\",\"b\":\""u8)))
        {
            return false;
        }

        sink.OnTick(message[symbol..quote], channel, message);
        return true;
    }

    /// <summary>
    /// Position of the first of two bytes among the 32 from <paramref name="start"/> on; -1 when it is not there, or when fewer than 32 follow.
    /// One comparison of a whole vector instead of a call (BinanceProtocolBenchmarks).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOfEither(ReadOnlySpan<byte> message, int start, byte first, byte second)
    {
        if (message.Length - start < Vector256<byte>.Count)
        {
            return -1;
        }

        Vector256<byte> bytes = Vector256.Create(message.Slice(start, Vector256<byte>.Count));
        Vector256<byte> hits = Vector256.Equals(bytes, Vector256.Create(first)) | Vector256.Equals(bytes, Vector256.Create(second));
        uint mask = hits.ExtractMostSignificantBits();
        return mask == 0 ? -1 : start + BitOperations.TrailingZeroCount(mask);
    }

    /// <summary>As <see cref="IndexOfEither"/>, for the first byte that is no digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOfNonDigit(ReadOnlySpan<byte> message, int start)
    {
        if (message.Length - start < Vector256<byte>.Count)
        {
            return -1;
        }

        Vector256<byte> bytes = Vector256.Create(message.Slice(start, Vector256<byte>.Count));
        uint mask = Vector256.GreaterThan(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)9)).ExtractMostSignificantBits();
        return mask == 0 ? -1 : start + BitOperations.TrailingZeroCount(mask);
    }
}
