using System;
using PerfConn.Resilience;

namespace PerfConn.Tests.Resilience;

/// <summary>A circuit breaker as one would explain it: fields instead of bits, objects instead of generations. Times in milliseconds.</summary>
internal sealed class CircuitModel(int threshold, long lasting, long recovery)
{
    private long _since;

    /// <summary>The passes that still count: given in the present stretch of the circuit's life.</summary>
    private object _stretch = new();

    public long Now { get; set; }

    public CircuitState State { get; private set; }

    public int Failures { get; private set; }

    public long RetryIn => State == CircuitState.Closed ? 0 : Math.Max(0, _since + recovery - Now);

    public Pass? Enter()
    {
        if (State != CircuitState.Closed)
        {
            if (Now < _since + recovery)
            {
                return null;
            }

            Move(CircuitState.HalfOpen, Now);
        }

        return new Pass(_stretch);
    }

    public void Succeed(Pass pass)
    {
        if (pass.Stretch != _stretch)
        {
            return;
        }

        Failures = 0;
        if (State == CircuitState.HalfOpen)
        {
            Move(CircuitState.Closed, 0);
        }
    }

    public void Fail(Pass pass)
    {
        if (pass.Stretch != _stretch)
        {
            return;
        }

        if (State == CircuitState.Closed && Failures == 0)
        {
            _since = Now;
        }

        Failures++;
        if (State == CircuitState.HalfOpen || Failures >= threshold || Now - _since >= lasting)
        {
            Move(CircuitState.Open, Now);
        }
    }

    public void Nothing(Pass pass)
    {
        if (pass.Stretch == _stretch && State == CircuitState.HalfOpen)
        {
            Move(CircuitState.Open, Now - recovery);
        }
    }

    private void Move(CircuitState state, long since)
    {
        State = state;
        _since = since;
        _stretch = new object();
    }

    internal sealed record Pass(object Stretch);
}
