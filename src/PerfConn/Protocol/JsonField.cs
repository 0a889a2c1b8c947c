using System;

namespace PerfConn.Protocol;

/// <summary>One field of a JSON object, as it stands in the text.</summary>
/// <remarks>Valid as long as the bytes it was read from. Allocates nothing.</remarks>
public readonly ref struct JsonField
{
    internal JsonField(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, JsonKind kind)
    {
        Key = key;
        Value = value;
        Kind = kind;
    }

    /// <summary>The key without quotes, escapes as written.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The raw value; a string with its quotes.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>What the value is.</summary>
    public JsonKind Kind { get; }

    /// <summary>The content of a string value, without quotes and with escapes as written; empty for any other kind.</summary>
    public ReadOnlySpan<byte> Text => Kind == JsonKind.String ? Value[1..^1] : default;

    /// <summary>What a number, a string or a truth value says, with or without quotes, for the typed readers: some venues write 25.3, others "25.3".</summary>
    public ReadOnlySpan<byte> Scalar => Kind == JsonKind.String ? Value[1..^1] : Kind is JsonKind.Number or JsonKind.Boolean ? Value : default;
}
