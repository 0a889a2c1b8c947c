using System;
using System.Runtime.CompilerServices;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>
/// Reads a payload front to back as it is expected to be laid out. The first surprise sets <see cref="Failed"/>, and everything after it is skipped; the
/// caller looks once, at the end, and then reads field by field instead.
/// </summary>
internal ref struct BinanceCursor(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>Whether anything was not as expected.</summary>
    public bool Failed { get; private set; }

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Whether all was as expected and nothing is left.</summary>
    public readonly bool IsDone => !Failed && _rest.IsEmpty;

    /// <summary>Steps over a literal. Inlined, so that the comparison is against constants (BinanceProtocolBenchmarks).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(ReadOnlySpan<byte> literal)
    {
        if (_rest.StartsWith(literal))
        {
            _rest = _rest[literal.Length..];
            return;
        }

        Failed = true;
        _rest = default;
    }

    /// <summary>Steps over a literal if it stands here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Accept(ReadOnlySpan<byte> literal)
    {
        if (!_rest.StartsWith(literal))
        {
            return false;
        }

        _rest = _rest[literal.Length..];
        return true;
    }

    /// <summary>Reads a whole number.</summary>
    public long ReadInt64()
    {
        Failed |= !Utf8Integer.TryParse(_rest, out long value, out int consumed);
        _rest = _rest[consumed..];
        return value;
    }

    /// <summary>Reads a decimal number.</summary>
    public FixedPoint ReadFixed()
    {
        Failed |= !FixedPoint.TryParse(_rest, out FixedPoint value, out int consumed);
        _rest = _rest[consumed..];
        return value;
    }

    /// <summary>Steps over any white space.</summary>
    public void SkipWhitespace() => _rest = _rest[JsonScanner.SkipWhitespace(_rest, 0)..];

    /// <summary>Reads any JSON value, raw.</summary>
    public bool TryReadValue(out ReadOnlySpan<byte> value)
    {
        int end = JsonScanner.SkipValue(_rest, 0, out _);
        Failed |= end < 0;
        end = Math.Max(end, 0);
        value = _rest[..end];
        _rest = _rest[end..];
        return !Failed;
    }

    /// <summary>Steps to the next quote.</summary>
    public void SkipToQuote()
    {
        int quote = _rest.IndexOf((byte)'"');
        Failed |= quote < 0;
        _rest = _rest[Math.Max(quote, 0)..];
    }

    /// <summary>Steps to the next occurrence of a literal and returns what stood before it.</summary>
    public ReadOnlySpan<byte> ReadUntil(ReadOnlySpan<byte> literal)
    {
        int end = _rest.IndexOf(literal);
        if (end < 0)
        {
            Failed = true;
            return default;
        }

        ReadOnlySpan<byte> before = _rest[..end];
        _rest = _rest[end..];
        return before;
    }
}
