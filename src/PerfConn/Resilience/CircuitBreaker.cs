using System;
using System.Diagnostics;
using System.Threading;
using PerfConn.Diagnostics;

namespace PerfConn.Resilience;

/// <summary>
/// A circuit breaker for one endpoint: after failures in a row (or a row of them that lasts too long) nobody tries any more; after the recovery time one probe does, and
/// what comes of it decides for all.
/// </summary>
/// <remarks>
/// Thread-safe and lock-free: the state is one 64-bit word that changes by compare-and-swap. On the closed path a try costs a read before and a read after, about 2 ns together
/// (<c>CircuitBreakerBenchmarks</c>), allocates nothing and asks no clock. Time is monotonic, so a step of the wall clock changes nothing (RELIABILITY C2, D44). Ratios over a window, as
/// breakers for requests have them, say little about connections: there are too few.
/// </remarks>
[DebuggerDisplay("{State}, {ConsecutiveFailures} failures in a row")]
public sealed class CircuitBreaker
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly int _threshold;
    private readonly long _noSuccessFor;
    private readonly long _recovery;
    private ulong _bits;

    /// <summary>Makes a closed breaker.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="time">Where time comes from; null for the system.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public CircuitBreaker(CircuitBreakerOptions? options = null, TimeProvider? time = null)
    {
        options ??= new CircuitBreakerOptions();
        var check = new OptionsCheck();
        options.Check(check);
        check.Throw();
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _threshold = options.FailureThreshold;
        _noSuccessFor = options.NoSuccessFor is { } longest ? Milliseconds(longest) : long.MaxValue;
        _recovery = Milliseconds(options.Recovery);
    }

    /// <summary>What it lets through now. It stays open after the recovery time until somebody asks to try.</summary>
    public CircuitState State => Word.State;

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures => Word.Failures;

    /// <summary>How long until somebody may try, to the millisecond: zero when closed and when a probe may leave now. While a probe is on its way, until it is given up for lost.</summary>
    public TimeSpan RetryIn => Word is { IsClosed: false } word ? TimeSpan.FromMilliseconds(word.UntilProbe(Now, _recovery)) : TimeSpan.Zero;

    private CircuitWord Word => new(Volatile.Read(ref _bits));

    private long Now => (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Asks for leave to try. Who gets it reports what came of it.</summary>
    /// <param name="permit">To report with.</param>
    /// <returns>False when the circuit is open, or its one probe is on its way.</returns>
    public bool TryEnter(out CircuitPermit permit)
    {
        CircuitWord word = Word;
        if (word.IsClosed)
        {
            permit = new CircuitPermit(word.Generation);
            return true;
        }

        return TryProbe(word, out permit);
    }

    /// <summary>It came back well.</summary>
    public void OnSuccess(CircuitPermit permit)
    {
        if (!Word.IsSpotless)
        {
            Change(permit, static (word, _) => word.AfterSuccess());
        }
    }

    /// <summary>It failed.</summary>
    public void OnFailure(CircuitPermit permit) =>
        Change(permit, static (word, breaker) => word.AfterFailure(breaker.Now, breaker._threshold, breaker._noSuccessFor));

    /// <summary>Nothing came of it that would say anything about the endpoint: the caller gave up, or asked for what cannot be.</summary>
    public void OnNothing(CircuitPermit permit)
    {
        if (!Word.IsClosed)
        {
            Change(permit, static (word, breaker) => word.AfterNothing(breaker.Now, breaker._recovery));
        }
    }

    /// <summary>Reports by the error, null for none: a cancellation, an error of this side and a lasting refusal (HTTP 4xx but 408 and 425) say nothing, all others are failures; so is a timeout.</summary>
    public void Report(CircuitPermit permit, Exception? error)
    {
        switch (error)
        {
            case null:
                OnSuccess(permit);
                break;
            case OperationCanceledException or ArgumentException or FramingException or EndpointsUnavailableException or RetryStrategyException:
            case ProxyException { IsRefusal: true }:
            case HandshakeException { StatusCode: >= 400 and < 500 and not (408 or 425) }:
                OnNothing(permit);
                break;
            default:
                OnFailure(permit);
                break;
        }
    }

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);

    private bool TryProbe(CircuitWord word, out CircuitPermit permit)
    {
        long now = Now;
        while (!word.IsClosed)
        {
            if (word.UntilProbe(now, _recovery) > 0)
            {
                permit = default;
                return false;
            }

            CircuitWord probing = word.WithProbe(now);
            CircuitWord seen = Swap(word, probing);
            if (seen == word)
            {
                permit = new CircuitPermit(probing.Generation);
                return true;
            }

            word = seen;
        }

        permit = new CircuitPermit(word.Generation);
        return true;
    }

    /// <summary>Carries a transition out, unless the circuit has moved on since the permit was given.</summary>
    private void Change(CircuitPermit permit, Func<CircuitWord, CircuitBreaker, CircuitWord> transition)
    {
        CircuitWord word = Word;
        while (word.Generation == permit.Generation)
        {
            CircuitWord seen = Swap(word, transition(word, this));
            if (seen == word)
            {
                return;
            }

            word = seen;
        }
    }

    private CircuitWord Swap(CircuitWord from, CircuitWord to) => new(Interlocked.CompareExchange(ref _bits, to.Bits, from.Bits));
}
