using System;
using System.Diagnostics;

namespace PerfConn.Resilience;

/// <summary>
/// A breaker's whole state in 64 bits, and its transitions: state 2 bits, failures in a row 10, generation 12, a time in milliseconds since the breaker was made 40 (34 years). The
/// time is that of the row's first failure, of the opening, or of the probe's start.
/// </summary>
/// <remarks>Pure. A closed circuit without failures is all zero but for the generation, so that the fast path compares and is done.</remarks>
internal readonly record struct CircuitWord(ulong Bits)
{
    private const int StateShift = 62;
    private const int FailureShift = 52;
    private const int GenerationShift = 40;
    private const int MaxFailures = (1 << 10) - 1;
    private const int MaxGeneration = (1 << 12) - 1;
    private const long MaxTime = (1L << GenerationShift) - 1;
    private const ulong GenerationMask = (ulong)MaxGeneration << GenerationShift;
    private const ulong FirstOpen = 1UL << StateShift;

    private CircuitWord(CircuitState state, int failures, int generation, long time)
        : this(((ulong)state << StateShift) | ((ulong)failures << FailureShift) | ((ulong)(generation & MaxGeneration) << GenerationShift) | (ulong)time)
    {
        Debug.Assert(failures is >= 0 and <= MaxFailures, "the row of failures has 10 bits");
        Debug.Assert(time is >= 0 and <= MaxTime, "34 years");
    }

    public CircuitState State => (CircuitState)(Bits >> StateShift);

    public int Failures => (int)(Bits >> FailureShift) & MaxFailures;

    public int Generation => (int)(Bits >> GenerationShift) & MaxGeneration;

    public long Time => (long)Bits & MaxTime;

    public bool IsClosed => Bits < FirstOpen;

    /// <summary>Whether a success changes nothing.</summary>
    public bool IsSpotless => (Bits & ~GenerationMask) == 0;

    /// <summary>How long until a probe may try, 0 when one may now; only of a circuit that is not closed.</summary>
    public long UntilProbe(long now, long recovery) => Math.Max(0, Time + recovery - now);

    /// <summary>The probe leaves.</summary>
    public CircuitWord WithProbe(long now) => new(CircuitState.HalfOpen, Failures, Generation + 1, now);

    /// <summary>Something that had leave came back well.</summary>
    public CircuitWord AfterSuccess() => State switch
    {
        CircuitState.Closed => new CircuitWord(CircuitState.Closed, 0, Generation, 0),
        CircuitState.HalfOpen => new CircuitWord(CircuitState.Closed, 0, Generation + 1, 0),
        _ => this,
    };

    /// <summary>Something that had leave failed.</summary>
    public CircuitWord AfterFailure(long now, int threshold, long noSuccessFor)
    {
        int failures = Math.Min(Failures + 1, MaxFailures);
        long first = Failures == 0 ? now : Time;
        return State switch
        {
            CircuitState.Closed when failures < threshold && now - first < noSuccessFor => new CircuitWord(CircuitState.Closed, failures, Generation, first),
            CircuitState.Open => this,
            _ => new CircuitWord(CircuitState.Open, failures, Generation + 1, now),
        };
    }

    /// <summary>Something that had leave came to nothing that would say anything: a probe's place is free again at once.</summary>
    public CircuitWord AfterNothing(long now, long recovery) => State == CircuitState.HalfOpen
        ? new CircuitWord(CircuitState.Open, Failures, Generation + 1, Math.Max(0, now - recovery))
        : this;
}
