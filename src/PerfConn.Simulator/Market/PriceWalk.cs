namespace PerfConn.Simulator.Market;

/// <summary>
/// A random walk of single steps that returns to where it began, walked round and round. As a table it gives the price of any tick number at
/// once: lines that join late or lag see the same prices, and nothing is kept per line.
/// </summary>
internal sealed class PriceWalk
{
    /// <summary>Steps until the walk repeats; a power of two. As 16-bit numbers it stays in the first-level cache.</summary>
    public const int Length = 8192;

    private readonly short[] _positions = new short[Length];

    public PriceWalk(ulong seed)
    {
        // As many steps up as down, in random order (Fisher-Yates), so that the walk ends where it began.
        var steps = new short[Length];
        for (int i = 0; i < Length; i++)
        {
            steps[i] = (i & 1) == 0 ? (short)1 : (short)-1;
        }

        for (int i = Length - 1; i > 0; i--)
        {
            int j = (int)Hash.Scale((uint)Hash.Mix(seed + (ulong)i), (uint)i + 1);
            (steps[i], steps[j]) = (steps[j], steps[i]);
        }

        short position = 0;
        for (int i = 0; i < Length; i++)
        {
            position += steps[i];
            _positions[i] = position;
        }
    }

    /// <summary>Steps away from the middle at this tick; at most 4,096 by construction, a few hundred in practice.</summary>
    public int At(long index) => _positions[(int)index & (Length - 1)];
}
