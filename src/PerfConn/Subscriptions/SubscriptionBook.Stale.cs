using System;
using System.Collections.Generic;

namespace PerfConn.Subscriptions;

/// <content>Streams of which somebody expects data.</content>
internal sealed partial class SubscriptionBook
{
    /// <summary>Whether anybody expects anything, and the shortest limit of them all as far as is known now.</summary>
    public TimeSpan? ShortestLimit(TimeSpan now)
    {
        lock (_entries)
        {
            if (_closed is not null)
            {
                return null;
            }

            TimeSpan? shortest = null;
            foreach (StreamEntry entry in _entries.Values)
            {
                if (entry.Watch?.Limit(now) is { } limit && (shortest is null || limit < shortest))
                {
                    shortest = limit;
                }
            }

            return shortest;
        }
    }

    /// <summary>Looks at every stream of which data is expected.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isExcused">Whether this side has been the cause of any silence.</param>
    /// <param name="lastTick">When a stream ticked last; null for never.</param>
    /// <param name="due">Gets the streams that a step is due for, and when each ticked last as far as this look has seen.</param>
    /// <returns>How many are silent for too long, whether or not a step is due for them now.</returns>
    public int Look(TimeSpan now, bool isExcused, Func<StreamName, TimeSpan?> lastTick, List<(StreamName Stream, StaleStep Step, TimeSpan? Last)> due)
    {
        int stale = 0;
        lock (_entries)
        {
            foreach (StreamEntry entry in _entries.Values)
            {
                if (entry.Watch is not { } watch)
                {
                    continue;
                }

                if (!IsConfirmed(entry))
                {
                    watch.OnUnconfirmed();
                }
                else if (lastTick(entry.Stream) is var last && watch.Look(now, last, isExcused) is var step && step != StaleStep.None)
                {
                    due.Add((entry.Stream, step, last));
                    if (step == StaleStep.Resubscribe)
                    {
                        entry.SetState(Present.Side, StreamState.Rejoining);
                        Unconfirm(entry);
                    }
                }

                stale += watch.Step == StaleStep.None ? 0 : 1;
            }
        }

        if (due.Count > 0)
        {
            OnChanged();
        }

        return stale;
    }
}
