using System.Threading;

namespace PerfConn.Symbols;

/// <summary>
/// Id to symbol, and the giver of ids: an append-only array in pages. An entry is appended exactly once whoever tries, and ids have no
/// holes.
/// </summary>
/// <remarks>
/// Lock-free. The rule that makes it right: an entry stands at index n and carries id n before the count passes n. So a thread that
/// reads the count and then finds an entry without id knows that it is in none of the places before, and can only win the place at the count itself;
/// a thread that finds that place taken finishes the other's append and tries again.
/// </remarks>
internal sealed class SymbolDirectory(int limit)
{
    private const int PageBits = 10;
    private const int PageSize = 1 << PageBits;

    private readonly SymbolEntry?[]?[] _pages = new SymbolEntry?[]?[(limit + PageSize - 1) >> PageBits];
    private int _count;

    /// <summary>How many ids have been given: all of 0 to this - 1 have their entry.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether no further id will ever be given.</summary>
    public bool IsFull => Count >= limit;

    /// <summary>The entry with this id, which must be below <see cref="Count"/>.</summary>
    public SymbolEntry this[int id] => Volatile.Read(ref _pages[id >> PageBits]![id & (PageSize - 1)])!;

    /// <summary>Gives the entry its id, or the one it has.</summary>
    /// <returns>-1 when the directory is full.</returns>
    public int Assign(SymbolEntry entry)
    {
        while (true)
        {
            int count = Count;

            // After the count: see the rule above.
            int id = entry.Id;
            if (id >= 0)
            {
                return id;
            }

            if (count >= limit)
            {
                return -1;
            }

            ref SymbolEntry? place = ref PageOf(count)[count & (PageSize - 1)];
            SymbolEntry winner = Interlocked.CompareExchange(ref place, entry, null) ?? entry;
            winner.Id = count;
            Interlocked.CompareExchange(ref _count, count + 1, count);
        }
    }

    private SymbolEntry?[] PageOf(int index)
    {
        ref SymbolEntry?[]? page = ref _pages[index >> PageBits];
        SymbolEntry?[]? existing = Volatile.Read(ref page);
        if (existing is not null)
        {
            return existing;
        }

        var made = new SymbolEntry?[PageSize];
        return Interlocked.CompareExchange(ref page, made, null) ?? made;
    }
}
