using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PerfConn.Protocol.Shapes;

/// <summary>
/// The layout of one message from its first byte to the last field that is wanted, as a range of allowed values for each byte: keys, brackets and punctuation may be only what
/// they were, a digit any digit, a byte of a string any that does not end it.
/// </summary>
/// <remarks>
/// What matches is parsed by the exact scan in the same way, since all that the scan decides on is the same; so the fields stand where they stood. A value of another length
/// moves what follows it, by as much as the scan says.
/// </remarks>
internal partial struct ShapeTemplate
{
    /// <summary>Longest layout, in bytes. Deriv's tick has its symbol at 255, behind an echo of the request.</summary>
    public const int Capacity = 288;

    private const int MaxTokens = 24;

    private int _length;
    private int _tokenCount;
    private bool _endsInText;
    private bool _endsInNumber;
    private int _textLength;
    private int _depth;
    private int _payloadDepth;
    private ulong _braces;
    private ShapePositions _learned;
    private Ranges _low;
    private Ranges _high;
    private Tokens _tokens;

    /// <summary>Whether a layout has been learned.</summary>
    public readonly bool IsLearned => _length > 0;

    /// <summary>Finds the fields where the learned layout has them.</summary>
    /// <returns>False when the message does not have that layout, which says nothing about what it is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMatch(ReadOnlySpan<byte> message, out ShapePositions at)
    {
        at = _learned;
        int shift = 0;
        int token = 0;
        ref byte low = ref Unsafe.As<Ranges, byte>(ref _low);
        ref byte high = ref Unsafe.As<Ranges, byte>(ref _high);
        for (int i = 0; i < _length;)
        {
            Vector256<byte> bytes = JsonScanner.Load(message, i + shift);
            Vector256<byte> most = Vector256.LoadUnsafe(ref high, (nuint)i);
            Vector256<byte> ends = Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'));
            Vector256<byte> good = Vector256.Equals(Vector256.Min(Vector256.Max(bytes, Vector256.LoadUnsafe(ref low, (nuint)i)), most), bytes);
            uint different = ~Vector256.AndNot(good, ends & Vector256.Equals(most, Vector256<byte>.AllBitsSet)).ExtractMostSignificantBits();
            if (different == 0)
            {
                i += Vector256<byte>.Count;
                continue;
            }

            i += BitOperations.TrailingZeroCount(different);
            if (i < _length && !TryRealign(message, ref i, ref shift, ref token, ref at))
            {
                return false;
            }
        }

        return TryEnd(message, _length + shift, ref at);
    }

    /// <summary>Past the layout: the end of a last text, and of the objects that are open there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnd(ReadOnlySpan<byte> message, int position, ref ShapePositions at)
    {
        if (_endsInText)
        {
            // Its length is predicted as well: the processor goes on with the last one while it still verifies it.
            int length = TextLength(message, position);
            int predicted = _textLength;
            if (length != predicted)
            {
                // Never zero as learned, so an empty text always differs.
                if (length <= 0)
                {
                    return false;
                }

                _textLength = predicted = length;
            }

            // Symbol or channel, or both: a topic.
            at.SymbolEnd = _learned.SymbolStart == _length ? position + predicted : at.SymbolEnd;
            at.ChannelEnd = _learned.ChannelStart == _length ? position + predicted : at.ChannelEnd;
            position += predicted + 1;
        }

        // A text can end only where a quote is; padding could match where the message has ended.
        if (position >= message.Length || (_endsInNumber && message[position] is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'e' or (byte)'E'))
        {
            return false;
        }

        return (_payloadDepth < 0 && _depth == 0) || TryClose(message, position, ref at);
    }

    /// <summary>The end of the payload, and of what is open around it.</summary>
    private readonly bool TryClose(ReadOnlySpan<byte> message, int position, ref ShapePositions at)
    {
        int depth = _depth;
        ulong braces = _braces;
        if (_payloadDepth >= 0)
        {
            position = _learned.PayloadStart == _length
                ? JsonScanner.SkipValue(message, position, out _)
                : JsonScanner.SkipNested(message, position, braces, depth, _payloadDepth);
            if (position < 0)
            {
                return false;
            }

            at.PayloadEnd = position;
            braces >>= depth - _payloadDepth;
            depth = _payloadDepth;
        }

        return depth == 0 || JsonScanner.SkipNested(message, position, braces, depth, 0) >= 0;
    }

    /// <summary>
    /// A byte differs: if it is in a value that may be of any length, what follows the value in the layout is compared with what follows it in the message.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool TryRealign(ReadOnlySpan<byte> message, ref int i, ref int shift, ref int token, ref ShapePositions at)
    {
        ReadOnlySpan<ShapeToken> tokens = ((ReadOnlySpan<ShapeToken>)_tokens)[..Math.Min(_tokenCount, MaxTokens)];
        while ((uint)token < (uint)tokens.Length && tokens[token].End < i)
        {
            token++;
        }

        if ((uint)token >= (uint)tokens.Length || tokens[token].Start > i)
        {
            return false;
        }

        // Each value once: what differs behind it is no matter of its length.
        ShapeToken value = tokens[token++];
        int start = value.Start + shift;
        int length = value.IsText ? TextLength(message, start) : NumberLength(message, start);
        if (length < 0)
        {
            return false;
        }

        int moved = length - (value.End - value.Start);
        shift += moved;
        i = value.End;
        at.SymbolStart += _learned.SymbolStart >= i ? moved : 0;
        at.SymbolEnd += _learned.SymbolEnd >= i ? moved : 0;
        at.ChannelStart += _learned.ChannelStart >= i ? moved : 0;
        at.ChannelEnd += _learned.ChannelEnd >= i ? moved : 0;
        at.PayloadStart += _learned.PayloadStart >= i ? moved : 0;
        return length > 0 || !IsWanted(value);
    }

    /// <summary>Bytes from inside a string to its closing quote; -1 when it has an escape or does not end well.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TextLength(ReadOnlySpan<byte> message, int start)
    {
        Vector256<byte> bytes = JsonScanner.Load(message, start);
        Vector256<byte> quotes = Vector256.Equals(bytes, Vector256.Create((byte)'"'));
        Vector256<byte> others = Vector256.Equals(bytes, Vector256.Create((byte)'\\')) | Vector256.LessThan(bytes, Vector256.Create((byte)' '));
        uint ends = (quotes | others).ExtractMostSignificantBits();
        if (ends == 0)
        {
            return LongTextLength(message, start);
        }

        int length = BitOperations.TrailingZeroCount(ends);
        return (quotes.ExtractMostSignificantBits() >> length & 1) != 0 ? length : -1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongTextLength(ReadOnlySpan<byte> message, int start)
    {
        int end = (uint)(start - 1) < (uint)message.Length && message[start - 1] == '"' ? JsonScanner.SkipString(message, start - 1) : -1;
        return end < 0 || message[start..end].Contains((byte)'\\') ? -1 : end - 1 - start;
    }

    private static int NumberLength(ReadOnlySpan<byte> message, int start)
    {
        int end = JsonScanner.SkipValue(message, start, out JsonKind kind);
        return kind == JsonKind.Number ? end - start : -1;
    }

    private readonly bool IsWanted(ShapeToken value) => value.Start == _learned.SymbolStart || value.Start == _learned.ChannelStart;

    [InlineArray(Capacity + 32)]
    private struct Ranges
    {
        private byte _first;
    }

    [InlineArray(MaxTokens)]
    private struct Tokens
    {
        private ShapeToken _first;
    }
}
