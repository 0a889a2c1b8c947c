using System.Text;
using System.Threading;
using CommunityToolkit.HighPerformance.Buffers;

namespace PerfConn.Symbols;

/// <summary>
/// One symbol of a map. Immutable but for its id, which is written once (by whichever thread gets there first, always the same value), and
/// its name, which is made at the first time of asking.
/// </summary>
internal sealed class SymbolEntry
{
    private const int Unassigned = -1;
    private int _id = Unassigned;
    private string? _name;

    public SymbolEntry(byte[] canonical, ulong low, ulong high, ulong hash)
    {
        Canonical = canonical;
        Low = low;
        High = high;
        Hash = hash;
    }

    /// <summary>Stands in every empty slot of a table that is being replaced, so that nothing can be added there any more.</summary>
    public static SymbolEntry Frozen { get; } = new([], 0, 0, 0);

    public byte[] Canonical { get; }

    public ulong Low { get; }

    public ulong High { get; }

    public ulong Hash { get; }

    /// <summary>The dense id; -1 until the directory has given one, and for ever if the map was full.</summary>
    public int Id
    {
        get => Volatile.Read(ref _id);
        set => Volatile.Write(ref _id, value);
    }

    /// <summary>The canonical spelling, interned: maps of many lines share one string per symbol.</summary>
    public string Name => Volatile.Read(ref _name) ?? Intern();

    private string Intern()
    {
        string name = StringPool.Shared.GetOrAdd(Canonical, Encoding.UTF8);
        return Interlocked.CompareExchange(ref _name, name, null) ?? name;
    }
}
