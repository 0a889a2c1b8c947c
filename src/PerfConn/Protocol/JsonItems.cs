using System;

namespace PerfConn.Protocol;

/// <summary>The items of one JSON array in UTF-8, where they stand. The counterpart of <see cref="JsonFields"/>, with the same promises.</summary>
/// <remarks>Allocates nothing, never throws. <c>foreach</c> over it, or drive <see cref="MoveNext"/> to learn whether the array was well formed.</remarks>
public ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _json;
    private int _position;
    private bool _started;

    /// <summary>Takes the text of an array, white space around it allowed. Nothing is read yet.</summary>
    public JsonItems(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>The raw item; a string with its quotes.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>What the item is.</summary>
    public JsonKind Kind { get; private set; }

    /// <summary>Whether the walk has come to the closing bracket with nothing but white space after it: the array was well formed.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>A walk from the beginning.</summary>
    public readonly JsonItems GetEnumerator() => new(_json);

    /// <summary>Goes to the next item.</summary>
    /// <returns>False at the end, or where the array stops being well formed: <see cref="IsComplete"/> tells which.</returns>
    public bool MoveNext()
    {
        if (_position < 0)
        {
            return false;
        }

        int start = _started ? AfterItem() : AfterOpening();
        int end = -1;
        JsonKind kind = JsonKind.None;
        if (start >= 0)
        {
            end = JsonScanner.SkipValue(_json, start, out kind);
        }

        Kind = kind;
        Current = end < 0 ? default : _json[start..end];
        _position = end;
        return end >= 0;
    }

    private int AfterOpening()
    {
        _started = true;
        int position = JsonScanner.SkipWhitespace(_json, 0);
        if (ByteAt(position) != '[')
        {
            return -1;
        }

        position = JsonScanner.SkipWhitespace(_json, position + 1);
        return ByteAt(position) == ']' ? Close(position) : position;
    }

    private int AfterItem()
    {
        int position = JsonScanner.SkipWhitespace(_json, _position);
        return ByteAt(position) switch
        {
            ',' => JsonScanner.SkipWhitespace(_json, position + 1),
            ']' => Close(position),
            _ => -1,
        };
    }

    private int Close(int bracket)
    {
        IsComplete = JsonScanner.SkipWhitespace(_json, bracket + 1) == _json.Length;
        return -1;
    }

    private readonly int ByteAt(int position) => (uint)position < (uint)_json.Length ? _json[position] : -1;
}
