using System.Collections.Generic;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>One stream in the book: who wants it and where it stands. Guarded by the book's lock.</summary>
internal sealed class StreamEntry(StreamName stream)
{
    public StreamName Stream { get; } = stream;

    /// <summary>Where it stands on each of the book's two sides.</summary>
    private StreamState _first;
    private StreamState _second;

    /// <summary>Why the venue refused it, where a side says <see cref="StreamState.Refused"/>.</summary>
    public SubscriptionException? Refusal { get; set; }

    /// <summary>
    /// Most streams that it may be asked for, or left, together with, itself counted. A venue refuses a request as a whole and does not say which stream it dislikes; halves tell. Default: any number.
    /// </summary>
    public int Company { get; set; } = int.MaxValue;

    /// <summary>The subscriptions that hold this stream, in order; equal ones are counted as often as they were made.</summary>
    public List<SubscriptionTicket> Holders { get; } = [];

    public bool IsWanted => Holders.Count > 0;

    /// <summary>Whether a user has been told that it stands.</summary>
    public bool IsHeld => Holders.Exists(static holder => holder.IsConfirmed);

    /// <summary>Watches over it where somebody expects data; null where nobody does.</summary>
    public StreamWatch? Watch { get; private set; }

    /// <summary>Whether nothing is known of it, and nothing asked, on either side.</summary>
    public bool IsUnsent => _first == StreamState.Unsent && _second == StreamState.Unsent;

    public StreamState StateOn(int side) => side == 0 ? _first : _second;

    public void SetState(int side, StreamState state)
    {
        if (side == 0)
        {
            _first = state;
        }
        else
        {
            _second = state;
        }
    }

    /// <summary>Whether the venue has to be asked for something.</summary>
    public bool NeedsSubscribe(int side) => IsWanted && StateOn(side) is StreamState.Unsent or StreamState.Doubtful;

    public bool NeedsUnsubscribe(int side) =>
        StateOn(side) == StreamState.Rejoining || (!IsWanted && StateOn(side) is StreamState.Confirmed or StreamState.Doubtful);

    public Subscriber[] Subscribers()
    {
        var subscribers = new List<Subscriber>(Holders.Count);
        foreach (SubscriptionTicket holder in Holders)
        {
            if (holder.Subscriber is not null)
            {
                subscribers.Add(holder.Subscriber);
            }
        }

        return [.. subscribers];
    }

    /// <summary>Its holders have changed: the strictest expectation among them is the stream's.</summary>
    public void Rewatch()
    {
        DataExpectation? strictest = null;
        foreach (SubscriptionTicket holder in Holders)
        {
            if (holder.Expectation is { } expectation && (strictest is null || expectation.Limit < strictest.Limit))
            {
                strictest = expectation;
            }
        }

        if (strictest != Watch?.Expectation)
        {
            Watch = strictest is null ? null : new StreamWatch(strictest);
        }
    }
}
