using System;

namespace PerfConn.Simulator.Limits;

/// <summary>Says how many ticks are due at a rate. Due ticks go out in batches, one per millisecond at most.</summary>
/// <remarks>
/// Pure: time is passed in, as a timestamp of the time provider. A peer that does not drain, or a line without streams, loses rate and not
/// ticks: what fell due more than a second ago is forgotten. Not thread-safe.
/// </remarks>
internal sealed class TickPacer(double rate, long timestampFrequency)
{
    private readonly double _ticksPerStamp = rate / timestampFrequency;
    private readonly long _batchSpan = timestampFrequency / 1000;
    private long _start;
    private long _spent;
    private long _batchDue;
    private long _nextBatch;
    private bool _isRunning;

    /// <summary>Whether ticks go out as fast as the peer drains them.</summary>
    public bool IsUnlimited { get; } = rate <= 0 || double.IsPositiveInfinity(rate);

    /// <summary>Forgets what was due: there was nothing to send, or it was not to be sent.</summary>
    public void Stop() => _isRunning = false;

    /// <summary>Ticks that may go out now.</summary>
    public long Due(long now)
    {
        if (IsUnlimited)
        {
            return long.MaxValue;
        }

        if (!_isRunning)
        {
            _isRunning = true;
            _start = now;
            _spent = 0;
            _batchDue = 0;
            _nextBatch = now;
        }

        if (_batchDue == 0 && now >= _nextBatch)
        {
            _batchDue = (long)((now - _start) * _ticksPerStamp) - _spent;
            _nextBatch = now + _batchSpan;
            long backlog = (long)Math.Max(rate, 1);
            if (_batchDue > backlog)
            {
                _spent += _batchDue - backlog;
                _batchDue = backlog;
            }
        }

        return _batchDue;
    }

    /// <summary>Counts ticks that went out.</summary>
    public void Spend(long count)
    {
        _spent += count;
        _batchDue = IsUnlimited ? 0 : _batchDue - count;
    }

    /// <summary>How many timestamp units from now the next tick falls due; asked when none is due.</summary>
    public long UntilNext(long now)
    {
        long next = _start + (long)Math.Ceiling((_spent + 1) / _ticksPerStamp);
        return Math.Max(Math.Max(next, _nextBatch) - now, 1);
    }
}
