using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// Reads a payload front to back as it is expected to be laid out. Every step says whether what stands here was as expected; after the first surprise the
/// cursor is of no more use, and the caller reads field by field instead.
/// </summary>
internal ref struct BinanceCursor(ReadOnlySpan<byte> text)
{
    private readonly ref byte _start = ref MemoryMarshal.GetReference(text);
    private readonly int _length = text.Length;
    private int _position;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _start, (nint)(uint)_position), _length - _position);
    }

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsDone => _position == _length;

    /// <summary>Steps over a literal if it stands here. Inlined, so that the comparison is against constants (BinanceProtocolBenchmarks).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Accept(ReadOnlySpan<byte> literal)
    {
        if (!Rest.StartsWith(literal))
        {
            return false;
        }

        _position += literal.Length;
        return true;
    }

    /// <summary>Reads a whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadInt64(out long value)
    {
        if (!Utf8Integer.TryParseBlock(Rest, out value, out int consumed))
        {
            value = ReadUncommonInteger(Rest, out int length);
            consumed = length;
        }

        _position += consumed;
        return consumed > 0;
    }

    /// <summary>Reads a decimal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadFixed(out FixedPoint value)
    {
        if (!FixedPoint.TryParseBlock(Rest, out value, out int consumed))
        {
            value = ReadUncommonFixed(Rest, out int length);
            consumed = length;
        }

        _position += consumed;
        return consumed > 0;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public bool TryReadBoolean(out bool value)
    {
        value = Accept("true"u8);
        return value || Accept("false"u8);
    }

    /// <summary>Steps over any white space.</summary>
    public void SkipWhitespace() => _position += JsonScanner.SkipWhitespace(Rest, 0);

    /// <summary>Reads any JSON value, raw.</summary>
    public bool TryReadValue(out ReadOnlySpan<byte> value)
    {
        int end = JsonScanner.SkipValue(Rest, 0, out _);
        value = Rest[..Math.Max(end, 0)];
        _position += value.Length;
        return end >= 0;
    }

    /// <summary>Steps to the next quote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool SkipToQuote()
    {
        ReadOnlySpan<byte> rest = Rest;
        if (Vector128.IsHardwareAccelerated && rest.Length >= Vector128<byte>.Count)
        {
            // A symbol is shorter than a vector, and a call costs as much as all the rest of it (BinanceProtocolBenchmarks).
            uint quotes = Vector128.Equals(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(rest)), Vector128.Create((byte)'"')).ExtractMostSignificantBits();
            if (quotes != 0)
            {
                _position += BitOperations.TrailingZeroCount(quotes);
                return true;
            }
        }

        int quote = rest.IndexOf((byte)'"');
        _position += Math.Max(quote, 0);
        return quote >= 0;
    }

    /// <summary>Steps to the next occurrence of a literal and returns what stood before it.</summary>
    public bool TryReadUntil(ReadOnlySpan<byte> literal, out ReadOnlySpan<byte> before)
    {
        int end = Rest.IndexOf(literal);
        before = Rest[..Math.Max(end, 0)];
        _position += before.Length;
        return end >= 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long ReadUncommonInteger(ReadOnlySpan<byte> text, out int consumed) =>
        Utf8Integer.TryParse(text, out long value, out consumed) ? value : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FixedPoint ReadUncommonFixed(ReadOnlySpan<byte> text, out int consumed) =>
        FixedPoint.TryParse(text, out FixedPoint value, out consumed) ? value : default;
}
