using System;

namespace PerfConn.Protocol;

/// <summary>
/// The top-level fields of one JSON object in UTF-8, found where they stand: no tree, no copy, no text. For messages of which one needs a few
/// fields.
/// </summary>
/// <remarks>
/// <para>
/// Allocates nothing and never throws: what is malformed is not found. A lookup scans from the beginning and stops at the first field with that
/// key; what comes after it has not been looked at. To read several fields, enumerate once.
/// </para>
/// <para>
/// Keys are compared as they are written, so a key that the venue wrote with escapes is found by that spelling only. Nested values are skipped,
/// not checked (only their strings and brackets, up to 64 levels); read them with a JsonFields or <see cref="JsonItems"/> of their own.
/// </para>
/// </remarks>
public readonly ref partial struct JsonFields
{
    private readonly ReadOnlySpan<byte> _json;

    /// <summary>Takes the text of an object, white space around it allowed. Nothing is read yet.</summary>
    public JsonFields(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>Finds a field.</summary>
    /// <param name="key">The key, without quotes.</param>
    /// <param name="rawValue">The value as it stands there; a string with its quotes.</param>
    /// <param name="kind">What it is.</param>
    /// <returns>False when there is no such field before the object ends or stops being well formed.</returns>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> rawValue, out JsonKind kind)
    {
        foreach (JsonField field in this)
        {
            if (field.Key.SequenceEqual(key))
            {
                rawValue = field.Value;
                kind = field.Kind;
                return true;
            }
        }

        rawValue = default;
        kind = JsonKind.None;
        return false;
    }

    /// <summary>Finds a string.</summary>
    /// <param name="key">The key, without quotes.</param>
    /// <param name="text">Its content without the quotes, escapes as written.</param>
    /// <returns>False when there is no such field or it is no string.</returns>
    public bool TryGetText(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text)
    {
        bool found = TryGet(key, out ReadOnlySpan<byte> raw, out JsonKind kind) && kind == JsonKind.String;
        text = found ? raw[1..^1] : default;
        return found;
    }

    /// <summary>Finds a decimal number, whether the venue writes it as a number or in a string.</summary>
    /// <returns>False when there is no such field or it is no number that fits exactly.</returns>
    public bool TryGetFixed(ReadOnlySpan<byte> key, out FixedPoint value)
    {
        value = default;
        return TryGetDigits(key, out ReadOnlySpan<byte> text) && FixedPoint.TryParse(text, out value);
    }

    /// <summary>Finds a whole number, whether the venue writes it as a number or in a string.</summary>
    /// <returns>False when there is no such field or it is no whole number that fits.</returns>
    public bool TryGetInt64(ReadOnlySpan<byte> key, out long value)
    {
        value = 0;
        return TryGetDigits(key, out ReadOnlySpan<byte> text) && Utf8Integer.TryParse(text, out value);
    }

    /// <summary>Finds <c>true</c> or <c>false</c>.</summary>
    /// <returns>False when there is no such field or it is neither.</returns>
    public bool TryGetBoolean(ReadOnlySpan<byte> key, out bool value)
    {
        bool found = TryGet(key, out ReadOnlySpan<byte> raw, out JsonKind kind) && kind == JsonKind.Boolean;
        value = found && raw[0] == 't';
        return found;
    }

    /// <summary>Walks over the fields in the order they are written.</summary>
    public Enumerator GetEnumerator() => new(_json);

    private bool TryGetDigits(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text)
    {
        bool found = TryGet(key, out text, out JsonKind kind);
        if (kind == JsonKind.String)
        {
            text = text[1..^1];
        }

        return found && kind is JsonKind.String or JsonKind.Number;
    }
}
