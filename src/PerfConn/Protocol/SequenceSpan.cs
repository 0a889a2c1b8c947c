using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfConn.Protocol;

/// <summary>
/// The sequence numbers of one tick, in the form that all rules share: the number that must have been seen before it, and its own last one. Nothing was lost when the
/// first of the two has been seen; the tick is an old one when the second has.
/// </summary>
/// <param name="After">The number that precedes this tick's first, or <see cref="Anything"/>.</param>
/// <param name="Last">Its own last number, from 0.</param>
public readonly record struct SequenceSpan(long After, long Last)
{
    /// <summary>As <see cref="After"/>: any number may have preceded it.</summary>
    public const long Anything = long.MinValue;

    /// <summary>As <see cref="After"/>: the tick states everything anew, and what preceded it does not matter.</summary>
    private const long Everything = long.MaxValue;

    /// <summary>Whether it is a <see cref="Snapshot"/>.</summary>
    public bool IsSnapshot => After == Everything;

    /// <summary>A tick of a <see cref="SequenceKind.Contiguous"/> stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SequenceSpan Single(long number) => new(number - 1, number);

    /// <summary>A tick of an <see cref="SequenceKind.Increasing"/> stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SequenceSpan Increasing(long number) => new(Anything, number);

    /// <summary>A tick of a <see cref="SequenceKind.Range"/> stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SequenceSpan Range(long first, long last)
    {
        Debug.Assert(first <= last, "a range has a beginning and an end");
        return new SequenceSpan(first - 1, last);
    }

    /// <summary>A tick of a <see cref="SequenceKind.Chained"/> stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SequenceSpan Chained(long previous, long last) => new(previous, last);

    /// <summary>
    /// A tick of any stream that replaces all that was said before: it is no gap when it runs ahead, a reset when it falls back, and an old tick when it repeats the last number.
    /// </summary>
    public static SequenceSpan Snapshot(long number) => new(Everything, number);
}
