using System;
using System.Collections.Generic;
using PerfConn.Diagnostics;

namespace PerfConn.Subscriptions;

/// <content>The second session of a line that rotates, or that keeps a spare one.</content>
internal sealed partial class SubscriptionBook
{
    /// <summary>A second session stands beside the present one. Nothing is asked on it before <see cref="Ask"/>.</summary>
    public Standing OpenRelief()
    {
        lock (_entries)
        {
            return _relief = new Standing(1 - Present.Side, isRelief: true);
        }
    }

    /// <summary>Everything that is wanted is now asked for on the relief too.</summary>
    public void Ask(Standing relief)
    {
        lock (_entries)
        {
            relief.IsAsking = true;
            CheckComplete();
        }

        relief.Pump?.Signal();
    }

    /// <summary>The relief's session is over before it became the present one.</summary>
    public void Abandon(Standing relief)
    {
        lock (_entries)
        {
            if (_relief == relief)
            {
                _relief = null;
                Clear(relief.Side);
            }
        }
    }

    /// <summary>The relief becomes the present session; what stood on the one before it is forgotten.</summary>
    /// <param name="relief">The relief.</param>
    /// <param name="isWhole">Whether the session before it has delivered all that it was sent.</param>
    /// <param name="onDoubtful">Called for each wanted stream that may miss something: that the venue has not confirmed on the relief, or had not on the session before it, or every one.</param>
    public void Adopt(Standing relief, bool isWhole, Action<StreamName>? onDoubtful)
    {
        List<SubscriptionException>? refused = null;
        lock (_entries)
        {
            Standing before = Present;
            bool wasAsking = relief.IsAsking;
            Present = relief;
            _relief = null;
            relief.IsAsking = true;
            foreach (StreamEntry entry in _entries.Values)
            {
                bool was = entry.StateOn(before.Side) == StreamState.Confirmed;
                StreamState state = wasAsking ? entry.StateOn(relief.Side) : StreamState.Unsent;
                entry.SetState(before.Side, StreamState.Unsent);
                entry.SetState(relief.Side, state);
                if (was && state != StreamState.Confirmed)
                {
                    Unconfirm(entry);
                }
                else if (!was && state == StreamState.Confirmed)
                {
                    Confirm(entry);
                }

                if (state == StreamState.Refused)
                {
                    Refuse(entry, entry.Refusal!, ref refused);
                }
                else if (entry.IsWanted && (state != StreamState.Confirmed || !isWhole || (!was && entry.IsHeld)))
                {
                    onDoubtful?.Invoke(entry.Stream);
                }

                Forget(entry);
            }
        }

        Tell(refused);
        OnChanged();
    }

    /// <summary>Called under the lock.</summary>
    private void OnReliefReply(Standing relief, StreamEntry entry, in Reply reply)
    {
        if (reply.Error is null)
        {
            entry.SetState(relief.Side, StreamState.Confirmed);
            entry.Company = int.MaxValue;
            return;
        }

        var error = new SubscriptionException(address, $"subscribing to {entry.Stream.Name} failed: {reply.Error}", reply.VenueCode) { Stream = entry.Stream.Name };
        if (reply.VenueCode is null)
        {
            // Silence says nothing about the stream, but enough about the relief.
            entry.SetState(relief.Side, StreamState.Doubtful);
            relief.OnUnanswered(error);
            return;
        }

        entry.Refusal = error;
        entry.SetState(relief.Side, StreamState.Refused);
    }

    /// <summary>Called under the lock.</summary>
    private void CheckComplete()
    {
        if (_relief is not { IsAsking: true } relief)
        {
            return;
        }

        foreach (StreamEntry entry in _entries.Values)
        {
            if (entry.IsWanted && entry.StateOn(relief.Side) is not (StreamState.Confirmed or StreamState.Refused))
            {
                return;
            }
        }

        relief.OnComplete();
    }

    private void Clear(int side)
    {
        foreach (StreamEntry entry in _entries.Values)
        {
            entry.SetState(side, StreamState.Unsent);
            Forget(entry);
        }
    }
}
