using System.Collections;
using System.Collections.Generic;

namespace PerfConn.Symbols;

/// <content>Walking over all symbols.</content>
public sealed partial class SymbolMap : IReadOnlyCollection<KeyValuePair<SymbolId, string>>
{
    /// <summary>Walks over the symbols known at this moment, in order of their ids. The walk itself allocates nothing; a name is made when first asked for.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<SymbolId, string>> IEnumerable<KeyValuePair<SymbolId, string>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Walks over the symbols in order of their ids, as far as they were known when it was made.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<SymbolId, string>>
    {
        private readonly SymbolMap _map;
        private readonly int _count;
        private int _index;

        internal Enumerator(SymbolMap map)
        {
            _map = map;
            _count = map.Count;
            _index = -1;
        }

        /// <summary>The symbol's id and canonical spelling.</summary>
        public readonly KeyValuePair<SymbolId, string> Current => new(new SymbolId(_index), _map.NameOf(new SymbolId(_index)));

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => ++_index < _count;

        /// <inheritdoc/>
        public void Reset() => _index = -1;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
