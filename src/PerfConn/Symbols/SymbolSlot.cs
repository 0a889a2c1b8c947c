using System.Runtime.CompilerServices;
using System.Threading;

namespace PerfConn.Symbols;

/// <summary>
/// One slot of the table, 32 bytes: the entry that claimed it, and a copy of what a lookup needs (words, length, id) so that a hit
/// touches this slot only.
/// </summary>
/// <remarks>
/// <see cref="Entry"/> is claimed by compare-and-swap. The copy is written after that, <see cref="Meta"/> last and with release order; whoever
/// reads a non-zero meta reads the words that belong to it. Several threads may write the copy: they write the same.
/// </remarks>
internal struct SymbolSlot
{
    public SymbolEntry? Entry;
    public ulong Low;
    public ulong High;

    /// <summary>0 until published; then the length in the upper and the id in the lower half.</summary>
    public long Meta;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IdOf(long meta) => (int)meta;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long LengthOf(long meta) => meta >> 32;

    /// <summary>Makes a claimed slot visible to lookups. The entry has its id.</summary>
    public void Publish(SymbolEntry entry)
    {
        Low = entry.Low;
        High = entry.High;
        Volatile.Write(ref Meta, ((long)entry.Canonical.Length << 32) | (uint)entry.Id);
    }
}
