using System;

namespace PerfConn.Protocol;

/// <content>Walking over the fields.</content>
public readonly ref partial struct JsonFields
{
    /// <summary>Walks over the fields of an object. Ends at its end, or where it stops being well formed: <see cref="IsComplete"/> tells which.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _json;
        private int _position;
        private bool _started;

        internal Enumerator(ReadOnlySpan<byte> json) => _json = json;

        /// <summary>The field that the walk stands at.</summary>
        public JsonField Current { get; private set; }

        /// <summary>Whether the walk has come to the closing brace with nothing but white space after it: the object was well formed.</summary>
        public bool IsComplete { get; private set; }

        /// <summary>Goes to the next field.</summary>
        public bool MoveNext()
        {
            if (_position < 0)
            {
                return false;
            }

            int next = _started ? AfterValue() : AfterOpening();
            _position = next < 0 ? -1 : ReadField(next);
            return _position >= 0;
        }

        /// <summary>Position of the first key's quote; -1 when there is none.</summary>
        private int AfterOpening()
        {
            _started = true;
            int position = JsonScanner.SkipWhitespace(_json, 0);
            if (ByteAt(position) != '{')
            {
                return -1;
            }

            position = JsonScanner.SkipWhitespace(_json, position + 1);
            return ByteAt(position) == '}' ? Close(position) : position;
        }

        /// <summary>Position of the next key's quote; -1 when there is none.</summary>
        private int AfterValue()
        {
            int position = JsonScanner.SkipWhitespace(_json, _position);
            return ByteAt(position) switch
            {
                ',' => JsonScanner.SkipWhitespace(_json, position + 1),
                '}' => Close(position),
                _ => -1,
            };
        }

        private int ReadField(int position)
        {
            if (ByteAt(position) != '"')
            {
                return -1;
            }

            int keyEnd = JsonScanner.SkipString(_json, position);
            if (keyEnd < 0)
            {
                return -1;
            }

            int colon = JsonScanner.SkipWhitespace(_json, keyEnd);
            if (ByteAt(colon) != ':')
            {
                return -1;
            }

            int value = JsonScanner.SkipWhitespace(_json, colon + 1);
            int end = JsonScanner.SkipValue(_json, value, out JsonKind kind);
            if (end < 0)
            {
                return -1;
            }

            Current = new JsonField(_json[(position + 1)..(keyEnd - 1)], _json[value..end], kind);
            return end;
        }

        private int Close(int brace)
        {
            IsComplete = JsonScanner.SkipWhitespace(_json, brace + 1) == _json.Length;
            return -1;
        }

        private readonly int ByteAt(int position) => (uint)position < (uint)_json.Length ? _json[position] : -1;
    }
}
