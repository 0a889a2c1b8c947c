using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace PerfConn.Resilience;

/// <summary>
/// The pure core of an endpoint set: what happened to which endpoint in, the order of trying out. Endpoints are indices; times are monotonic ticks of a
/// <see cref="TimeSpan"/>.
/// </summary>
/// <remarks>
/// <para>
/// Two things keep an endpoint back. <em>Cooling</em>: the venue asked to stay away, so nobody goes there. <em>Doubt</em>: it failed, cut a young session or sent its lines away,
/// so others come first until it has been let alone for the stable period. A primary that flaps is so gone back to at most once a period, and the period doubles each time
/// that it fails soon after it came back, up to 16-fold (RELIABILITY B75). Leaving a dead one is never delayed.
/// </para>
/// <para>Not thread-safe; the owner locks.</para>
/// </remarks>
internal sealed class EndpointRanking
{
    private const int MaxDoublings = 4;

    /// <summary>The weight of a new connect time in the average.</summary>
    private const double Newest = 0.3;

    /// <summary>Another endpoint has to be faster than the present one by this before it is changed to.</summary>
    private const double Better = 0.8;

    private readonly EndpointOrder _order;
    private readonly long _stablePeriod;
    private readonly IReadOnlyList<int>? _weights;
    private readonly Random _random;
    private readonly Entry[] _entries;
    private int _fastest = -1;

    public EndpointRanking(int count, EndpointOrder order, long stablePeriod, IReadOnlyList<int>? weights, Random random)
    {
        _order = order;
        _stablePeriod = stablePeriod;
        _weights = weights;
        _random = random;
        _entries = new Entry[count];
        Array.Fill(_entries, new Entry { CoolUntil = long.MinValue, DoubtUntil = long.MinValue, Latency = double.NaN });
    }

    public int Count => _entries.Length;

    /// <summary>Average connect time in ticks; not a number before the first.</summary>
    public double LatencyOf(int index) => _entries[index].Latency;

    /// <summary>How long it is left alone; 0 when it is not.</summary>
    public long CoolingFor(int index, long now) => _entries[index].CoolUntil > now ? _entries[index].CoolUntil - now : 0;

    /// <summary>Whether others come first.</summary>
    public bool IsInDoubt(int index, long now) => _entries[index].DoubtUntil > now;

    /// <summary>Fills in the endpoints that may be tried, first choice first; gives their number.</summary>
    public int Rank(long now, Span<int> ranked)
    {
        Debug.Assert(ranked.Length >= Count, "room for all");
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            if (CoolingFor(i, now) == 0 && !IsInDoubt(i, now))
            {
                ranked[count++] = i;
            }
        }

        Sort(ranked[..count]);
        int sure = count;
        for (int i = 0; i < Count; i++)
        {
            if (CoolingFor(i, now) == 0 && IsInDoubt(i, now))
            {
                ranked[count++] = i;
            }
        }

        // In doubt about all of them, the one whose trouble is the oldest.
        ranked[sure..count].Sort((a, b) => Compare(_entries[a].TroubleAt, _entries[b].TroubleAt, a, b));
        return count;
    }

    public void OnConnected(int index, long took)
    {
        ref Entry entry = ref _entries[index];
        entry.Latency = double.IsNaN(entry.Latency) ? took : (Newest * took) + ((1 - Newest) * entry.Latency);
    }

    /// <summary>It failed, or sent somebody away.</summary>
    public void OnTrouble(int index, long now)
    {
        ref Entry entry = ref _entries[index];
        if (!IsInDoubt(index, now))
        {
            // A first trouble, or one after it was trusted again: if that was not long ago, it flaps.
            bool flaps = entry.DoubtUntil != long.MinValue && now - entry.DoubtUntil < _stablePeriod << entry.Doublings;
            entry.Doublings = flaps ? Math.Min(entry.Doublings + 1, MaxDoublings) : 0;
        }

        entry.TroubleAt = now;
        entry.DoubtUntil = now + (_stablePeriod << entry.Doublings);
    }

    /// <summary>The venue asked to stay away. A shorter time never shortens a longer one.</summary>
    public void Cool(int index, long now, long time) => _entries[index].CoolUntil = Math.Max(_entries[index].CoolUntil, now + time);

    private static int Compare(double one, double other, int first, int second) => one == other ? first.CompareTo(second) : one.CompareTo(other);

    private void Sort(Span<int> candidates)
    {
        switch (_order)
        {
            case EndpointOrder.Weighted:
                Shuffle(candidates);
                break;
            case EndpointOrder.Latency:
                SortByLatency(candidates);
                break;
            default:
                break;
        }
    }

    /// <summary>Draws one after the other in proportion to the weights of those that are left.</summary>
    private void Shuffle(Span<int> candidates)
    {
        for (int place = 0; place < candidates.Length - 1; place++)
        {
            long total = 0;
            foreach (int index in candidates[place..])
            {
                total += _weights?[index] ?? 1;
            }

            long drawn = _random.NextInt64(total);
            int at = place;
            while ((drawn -= _weights?[candidates[at]] ?? 1) >= 0)
            {
                at++;
            }

            (candidates[place], candidates[at]) = (candidates[at], candidates[place]);
        }
    }

    private void SortByLatency(Span<int> candidates)
    {
        // One that is not known is not a number, which compares as less than all.
        candidates.Sort((a, b) => Compare(_entries[a].Latency, _entries[b].Latency, a, b));
        int at = candidates.IndexOf(_fastest);
        if (at > 0 && _entries[candidates[0]].Latency >= Better * _entries[_fastest].Latency)
        {
            candidates[..at].CopyTo(candidates[1..]);
            candidates[0] = _fastest;
        }

        _fastest = candidates.Length > 0 && !double.IsNaN(_entries[candidates[0]].Latency) ? candidates[0] : _fastest;
    }

    private struct Entry
    {
        public long CoolUntil;
        public long DoubtUntil;
        public long TroubleAt;
        public int Doublings;
        public double Latency;
    }
}
