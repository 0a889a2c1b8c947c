using System;
using PerfConn.Protocol;

namespace PerfConn.Venues.Binance;

/// <summary>The levels of one side of a depth update, <c>[["0.0024","10"],["0.0022","5"]]</c>, read one after the other by <c>foreach</c>.</summary>
/// <remarks>Valid as long as the tick. Allocates nothing.</remarks>
public readonly ref struct PriceLevels
{
    private readonly ReadOnlySpan<byte> _json;

    internal PriceLevels(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>Whether there is no level.</summary>
    public bool IsEmpty => !GetEnumerator().MoveNext();

    /// <summary>Walks over the levels in the order the venue sent them.</summary>
    public Enumerator GetEnumerator() => new(_json);

    /// <summary>
    /// Walks over the levels. Ends at the end of the array, or at the first level that cannot be read: <see cref="IsComplete"/> tells which, and a book built
    /// from an incomplete side must be thrown away.
    /// </summary>
    public ref struct Enumerator
    {
        private BinanceCursor _cursor;
        private bool _started;
        private bool _ended;

        internal Enumerator(ReadOnlySpan<byte> json) => _cursor = new BinanceCursor(json);

        /// <summary>The level that the walk stands at.</summary>
        public PriceLevel Current { get; private set; }

        /// <summary>Whether the walk has come to the end of the array and every level could be read.</summary>
        public bool IsComplete { get; private set; }

        /// <summary>Goes to the next level.</summary>
        public bool MoveNext()
        {
            if (_ended)
            {
                return false;
            }

            _ended = !StepToLevel() || !(ReadLevel() || ReadUnexpected());
            return !_ended;
        }

        /// <summary>Steps over the bracket or comma before the next level; false at the end of the array and at what is no array.</summary>
        private bool StepToLevel()
        {
            _cursor.SkipWhitespace();
            if (_started ? _cursor.Accept(","u8) : _cursor.Accept("["u8))
            {
                _cursor.SkipWhitespace();
                if (_started || !_cursor.Rest.StartsWith("]"u8))
                {
                    _started = true;
                    return true;
                }
            }
            else if (!_started)
            {
                return false;
            }

            if (_cursor.Accept("]"u8))
            {
                _cursor.SkipWhitespace();
                IsComplete = _cursor.IsDone;
            }

            return false;
        }

        private bool ReadLevel()
        {
            // Worked on beside the walk's own cursor: after a surprise the level is read once more.
            BinanceCursor cursor = _cursor;
            if (!cursor.Accept("[\""u8) || !cursor.TryReadFixed(out FixedPoint price)
                || !cursor.Accept("\",\""u8) || !cursor.TryReadFixed(out FixedPoint quantity) || !cursor.Accept("\"]"u8))
            {
                return false;
            }

            _cursor = cursor;
            Current = new PriceLevel(price, quantity);
            return true;
        }

        /// <summary>A level with white space or with more than two items: the first two strings count.</summary>
        private bool ReadUnexpected()
        {
            if (!_cursor.TryReadValue(out ReadOnlySpan<byte> level))
            {
                return false;
            }

            var items = new JsonItems(level);
            if (!TryReadText(ref items, out FixedPoint price) || !TryReadText(ref items, out FixedPoint quantity))
            {
                return false;
            }

            Current = new PriceLevel(price, quantity);
            return true;
        }

        private static bool TryReadText(ref JsonItems items, out FixedPoint value)
        {
            value = default;
            return items.MoveNext() && items.Kind == JsonKind.String && FixedPoint.TryParse(items.Current[1..^1], out value);
        }
    }
}
