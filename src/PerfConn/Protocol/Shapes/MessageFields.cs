using System;

namespace PerfConn.Protocol.Shapes;

/// <summary>The fields of one message, as they stand in it.</summary>
/// <remarks>Valid as long as the bytes that it was read from. Allocates nothing.</remarks>
public readonly ref struct MessageFields
{
    internal MessageFields(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> payload, bool isSymbolEscaped)
    {
        Symbol = symbol;
        Channel = channel;
        Payload = payload;
        IsSymbolEscaped = isSymbolEscaped;
    }

    /// <summary>The symbol or topic, escapes as written; never empty when the shape has one.</summary>
    public ReadOnlySpan<byte> Symbol { get; }

    /// <summary>What tells the channel, escapes as written.</summary>
    public ReadOnlySpan<byte> Channel { get; }

    /// <summary>The item: the raw value at the shape's payload path, or the whole message.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the symbol is written with escapes (<c>BTC\/USD</c>): see <see cref="EscapedSymbol"/>.</summary>
    public bool IsSymbolEscaped { get; }
}
