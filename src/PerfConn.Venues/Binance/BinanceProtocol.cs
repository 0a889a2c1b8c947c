using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
/// <para>
/// Its state is where the last message had its symbol, a prediction that is verified in each message and changes nothing but the speed. One instance for each line.
/// Reading allocates nothing and never throws.
/// </para>
/// </remarks>
public partial record struct BinanceProtocol : IVenueProtocol
{
    /// <summary>Every message that the fast path reads is as long; so its loads stay inside.</summary>
    private const int ShortestGuess = 88;

    /// <summary>Digits of the last book ticker's update id.</summary>
    private int _digits;

    /// <summary>Length of its symbol.</summary>
    private int _symbolLength;

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
            if (TryReadBookTicker(message, ref sink))
            {
                return;
            }

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
    /// <c>{"u":400900217,"s":"BNBUSDT","b":"...</c> (a bookTicker has no event type), the message that comes most often: three words compared at once and two searches of one
    /// vector each, without a bounds check, because all that is looked at lies within the first <see cref="ShortestGuess"/> bytes. With the prediction 3.5 ns less a message
    /// than with the bounds-checked words of <see cref="TryReadRaw"/>, and 4 ns less in the lookup behind it, which need not wait for the searches (lab, stages book).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadBookTicker<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        const int Number = 5;
        const ulong Head = 0x3A2275227B;           // {"u":
        const ulong BeforeSymbol = 0x223A2273222C;   // ,"s":"
        const ulong AfterSymbol = 0x223A2262222C22; // ","b":"
        Debug.Assert(message.Length >= ShortestGuess, "the loads below");
        ref byte start = ref MemoryMarshal.GetReference(message);

        // A search that finds nothing gives 32, where the words then differ.
        Vector256<byte> digits = Vector256.LoadUnsafe(ref start, Number) - Vector256.Create((byte)'0');
        int count = BitOperations.TrailingZeroCount(Vector256.GreaterThan(digits, Vector256.Create((byte)9)).ExtractMostSignificantBits());
        // Where the symbol stood in the last message is where the processor goes on from, while it still verifies that it stands there again.
        int predicted = _digits;
        if (count != predicted)
        {
            _digits = predicted = count;
        }

        ref byte separator = ref Unsafe.Add(ref start, Number + predicted);
        int length = BitOperations.TrailingZeroCount(
            Vector256.Equals(Vector256.LoadUnsafe(ref separator, 6), Vector256.Create((byte)'"')).ExtractMostSignificantBits());
        int predictedLength = _symbolLength;
        if (length != predictedLength)
        {
            _symbolLength = predictedLength = length;
        }

        ulong difference = (Word(ref start, 0) ^ Head) << 24;
        difference |= (Word(ref separator, 0) ^ BeforeSymbol) << 16;
        difference |= (Word(ref separator, 6 + predictedLength) ^ AfterSymbol) << 8;
        if (difference != 0 || count == 0 || length == 0 || message[^1] != '}')
        {
            return false;
        }

        sink.OnTick(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref separator, 6), predictedLength), BinanceChannels.BookTicker, message);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte start, int offset)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
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
