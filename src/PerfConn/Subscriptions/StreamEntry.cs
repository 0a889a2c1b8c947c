using System.Collections.Generic;
using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>One stream in the book: who wants it and where it stands. Guarded by the book's lock.</summary>
internal sealed class StreamEntry(StreamName stream)
{
    public StreamName Stream { get; } = stream;

    public StreamState State { get; set; }

    /// <summary>The subscriptions that hold this stream, in order; equal ones are counted as often as they were made.</summary>
    public List<SubscriptionTicket> Holders { get; } = [];

    public bool IsWanted => Holders.Count > 0;

    /// <summary>Whether the venue has to be asked for something.</summary>
    public bool NeedsSubscribe => IsWanted && State == StreamState.Unsent;

    public bool NeedsUnsubscribe => !IsWanted && State == StreamState.Confirmed;

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
}
