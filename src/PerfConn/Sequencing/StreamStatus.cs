using System.Diagnostics;

namespace PerfConn.Sequencing;

/// <summary>
/// Where a stream stands, and since when, in one 64-bit word that is read and written whole: the time in the upper 59 bits (nine years of nanoseconds), a mark for a
/// resync under way, and four bits of state.
/// </summary>
internal readonly record struct StreamStatus(long Word)
{
    /// <summary>Neither subscribed to nor ever ticked. What a record begins as.</summary>
    public const int Unknown = 0;

    /// <summary>Ticking.</summary>
    public const int Live = 1;

    /// <summary>Subscribed to, and not ticked yet.</summary>
    public const int Awaited = 2;

    /// <summary>Subscribed to no longer.</summary>
    public const int Left = 3;

    /// <summary>Silent for too long.</summary>
    public const int Stale = 4;

    /// <summary>This and above: the next tick comes after a gap, whose cause is what is above.</summary>
    public const int Pending = 5;

    private const int StateMask = 15;
    private const int ResyncBit = 16;
    private const int Bits = 5;

    public StreamStatus(int state, long since, bool isResyncing)
        : this((since << Bits) | (isResyncing ? ResyncBit : 0L) | (uint)state)
    {
        Debug.Assert((state & ~StateMask) == 0 && Since == since, "it fits");
    }

    public int State => (int)Word & StateMask;

    public bool IsResyncing => (Word & ResyncBit) != 0;

    public bool IsPending => State >= Pending;

    /// <summary>
    /// Whether the next tick has to be judged for what others have said of the stream. One that has not ticked yet is judged anyway, and one that has been left gets what still comes.
    /// </summary>
    public bool IsMarked => State >= Stale;

    /// <summary>Why there is a gap, when there is one.</summary>
    public GapCause Cause => (GapCause)(State - Pending);

    public long Since => Word >> Bits;

    public static StreamStatus Gap(GapCause cause, long since, bool isResyncing) => new(Pending + (int)cause, since, isResyncing);

    /// <summary>Another state since another time; a resync goes on.</summary>
    public StreamStatus To(int state, long since) => new(state, since, IsResyncing);
}
