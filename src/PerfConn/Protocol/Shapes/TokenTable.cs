using System;
using System.Collections.Generic;
using System.Numerics;
using System.Text;

namespace PerfConn.Protocol.Shapes;

/// <summary>
/// Instrument tokens to symbol names: what a venue publishes as the day's instrument list. Immutable; for another day make another and swap the reference.
/// </summary>
/// <remarks>
/// Thread-safe. Made once from the list (about 40 bytes for each name), a lookup allocates nothing: open addressing at most half full, one multiplication and
/// usually one cache line. Names are bytes because the symbol map takes bytes: the id is found behind the protocol, as for every other venue.
/// </remarks>
public sealed class TokenTable
{
    private readonly Slot[] _slots;
    private readonly byte[] _names;
    private readonly int _shift;

    /// <summary>Makes a table.</summary>
    /// <param name="instruments">Token and name of each instrument.</param>
    /// <exception cref="ArgumentException">A token is there twice, or a name is empty.</exception>
    public TokenTable(IReadOnlyCollection<KeyValuePair<uint, string>> instruments)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        Count = instruments.Count;
        int bits = Math.Max(1, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(Count, 1) * 2)));
        _slots = new Slot[1 << bits];
        _shift = 32 - bits;
        var names = new List<byte>();
        foreach ((uint token, string name) in instruments)
        {
            if (string.IsNullOrEmpty(name))
            {
                throw new ArgumentException($"instrument token {token} has no name", nameof(instruments));
            }

            ref Slot slot = ref SlotOf(token);
            if (slot.Length != 0)
            {
                throw new ArgumentException($"instrument token {token} is there twice", nameof(instruments));
            }

            byte[] bytes = Encoding.UTF8.GetBytes(name);
            slot = new Slot(token, names.Count, bytes.Length);
            names.AddRange(bytes);
        }

        _names = [.. names];
    }

    /// <summary>How many instruments it knows.</summary>
    public int Count { get; }

    /// <summary>Finds the name of an instrument, in UTF-8.</summary>
    /// <returns>False when the table does not know it.</returns>
    public bool TryGetName(uint token, out ReadOnlySpan<byte> name)
    {
        Slot slot = SlotOf(token);
        name = _names.AsSpan(slot.Start, slot.Length);
        return slot.Length != 0;
    }

    /// <summary>The slot with that token, or the empty one where it would be: there is always an empty one.</summary>
    private ref Slot SlotOf(uint token)
    {
        // Fibonacci hashing: tokens of one segment differ in their upper bits only.
        uint place = (token * 0x9E3779B9u) >> _shift;
        while (true)
        {
            ref Slot slot = ref _slots[(int)place];
            if (slot.Token == token || slot.Length == 0)
            {
                return ref slot;
            }

            place = (place + 1) & (uint)(_slots.Length - 1);
        }
    }

    private readonly record struct Slot(uint Token, int Start, int Length);
}
