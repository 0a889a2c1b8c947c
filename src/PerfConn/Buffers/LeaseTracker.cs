using System;
using System.Collections.Generic;
using System.Threading;

namespace PerfConn.Buffers;

/// <summary>
/// Knows each lease of a pool by a number of its own: a leak has a place where it was taken, and a second release is seen while others still hold the block.
/// Takes a lock and a stack trace for each lease; for DEBUG and tests.
/// </summary>
internal sealed class LeaseTracker
{
    /// <summary>How many released leases are remembered, to say where that was.</summary>
    private const int MaxReleased = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, LeaseRecord> _live = [];
    private readonly Dictionary<int, string> _released = [];
    private readonly Queue<int> _order = new();
    private int _last;

    public LeaseRecord[] Outstanding
    {
        get
        {
            lock (_lock)
            {
                return [.. _live.Values];
            }
        }
    }

    public int Take(int length)
    {
        var record = new LeaseRecord(length, Environment.StackTrace);
        lock (_lock)
        {
            _live.Add(++_last, record);
            return _last;
        }
    }

    public void Check(int number)
    {
        lock (_lock)
        {
            if (!_live.ContainsKey(number))
            {
                throw Gone(number);
            }
        }
    }

    public void Release(int number)
    {
        string place = Environment.StackTrace;
        lock (_lock)
        {
            if (!_live.Remove(number))
            {
                throw Gone(number);
            }

            _released[number] = place;
            _order.Enqueue(number);
            if (_order.Count > MaxReleased)
            {
                _released.Remove(_order.Dequeue());
            }
        }
    }

    private LeaseReleasedException Gone(int number) => new(
        _released.TryGetValue(number, out string? place)
            ? $"A lease was used or released after it had been released at\n{place}"
            : "A lease was used or released long after it had been released.");
}
