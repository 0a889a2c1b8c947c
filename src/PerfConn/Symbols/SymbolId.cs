namespace PerfConn.Symbols;

/// <summary>
/// A symbol as a dense integer: 0, 1, 2, ... in order of first sight within one symbol map. Ids are never reused and
/// stay the same across reconnects, so all state behind the map can be an array indexed by <see cref="Value"/>.
/// </summary>
/// <param name="Value">The dense index; -1 stands for "no symbol".</param>
public readonly record struct SymbolId(int Value)
{
    /// <summary>No symbol: what a lookup that finds nothing gives.</summary>
    public static SymbolId None => new(-1);

    /// <summary>Whether this names a symbol.</summary>
    public bool IsValid => Value >= 0;

    /// <inheritdoc/>
    public override string ToString() => Value < 0 ? "none" : "#" + Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
