namespace PerfConn.Simulator.Market;

/// <summary>A seeded stateless scrambler: the market is a pure function of seed, symbol and tick number, so two lines see the same tick.</summary>
internal static class Hash
{
    /// <summary>Scrambles all bits (the finalizer of SplitMix64, Steele, Lea and Flood 2014).</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }

    /// <summary>A cheaper scramble for one tick: good enough for quantities, one multiplication.</summary>
    public static ulong Quick(ulong value) => value * 0x9E37_79B9_7F4A_7C15;

    /// <summary>Maps 32 random bits to 0 (inclusive) to <paramref name="range"/> (exclusive).</summary>
    public static uint Scale(uint bits, uint range) => (uint)(((ulong)bits * range) >> 32);
}
