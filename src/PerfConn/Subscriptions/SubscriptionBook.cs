using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Subscriptions;

/// <summary>
/// What one line's users want, and what the venue has confirmed of it. The desired set survives reconnects; what stands with the venue does
/// not. Replies are matched to the request's own streams, so one acknowledgement never confirms another request.
/// </summary>
/// <remarks>Thread-safe, by one lock on the control plane. No I/O, no clock: the pump carries out what <see cref="TakeBatch"/> gives.</remarks>
internal sealed class SubscriptionBook(Uri address, RouteTable routes, int maxStreams)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StreamEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<(SymbolId Symbol, TickChannel Channel), List<StreamEntry>> _byRoute = [];
    private ConnectionException? _closed;

    /// <summary>Called, outside the lock, when there may be something to ask the venue for. The session's pump sets it.</summary>
    public Action? Changed { get; set; }

    /// <summary>Streams wanted, and how many of them the venue has confirmed on this session.</summary>
    public (int Wanted, int Confirmed) Count()
    {
        lock (_lock)
        {
            int wanted = 0;
            int confirmed = 0;
            foreach (StreamEntry entry in _entries.Values)
            {
                wanted += entry.IsWanted ? 1 : 0;
                confirmed += entry.IsWanted && entry.State == StreamState.Confirmed ? 1 : 0;
            }

            return (wanted, confirmed);
        }
    }

    /// <summary>Wants the streams; a stream already wanted takes no second place.</summary>
    /// <exception cref="SubscriptionException">The line has no room for them; none is then added.</exception>
    public SubscriptionTicket Add(IReadOnlyList<StreamName> streams, Subscriber? subscriber)
    {
        var ticket = new SubscriptionTicket(streams, subscriber);
        lock (_lock)
        {
            if (_closed is not null)
            {
                throw new LineClosedException("The line is closed.", _closed);
            }

            CheckRoom(streams);
            foreach (StreamName stream in streams)
            {
                if (!_entries.TryGetValue(stream.Name, out StreamEntry? entry))
                {
                    entry = Enter(stream);
                }

                entry.Holders.Add(ticket);
                ticket.Outstanding += entry.State == StreamState.Confirmed ? 0 : 1;
                Route(stream.Symbol, stream.Channel);
            }

            ticket.CompleteIfDone();
        }

        Changed?.Invoke();
        return ticket;
    }

    /// <summary>No longer wants what this ticket wanted; the last one to go frees the stream. A second call does nothing.</summary>
    public void Remove(SubscriptionTicket ticket)
    {
        lock (_lock)
        {
            foreach (StreamName stream in ticket.Streams)
            {
                if (_entries.TryGetValue(stream.Name, out StreamEntry? entry) && entry.Holders.Remove(ticket))
                {
                    Route(stream.Symbol, stream.Channel);
                    Forget(entry);
                }
            }
        }

        Changed?.Invoke();
    }

    /// <summary>The next request to send: streams to leave first (they make room), then streams to join. Null when there is none.</summary>
    public SubscriptionBatch? TakeBatch(int maxStreamsPerRequest)
    {
        lock (_lock)
        {
            return Take(static entry => entry.NeedsUnsubscribe, StreamState.Unsubscribing, maxStreamsPerRequest)
                ?? Take(static entry => entry.NeedsSubscribe, StreamState.Subscribing, maxStreamsPerRequest);
        }
    }

    /// <summary>What the venue answered to a batch, or that it did not.</summary>
    public void OnReply(SubscriptionBatch batch, in Reply reply)
    {
        lock (_lock)
        {
            foreach (StreamEntry entry in batch.Entries)
            {
                if (reply.IsLost)
                {
                    entry.State = StreamState.Unsent;
                    Forget(entry);
                }
                else if (batch.IsSubscribe)
                {
                    OnSubscribeReply(entry, reply);
                }
                else
                {
                    // Refused or not, the stream is not counted on any more; if somebody wants it again it is asked for again.
                    entry.State = StreamState.Unsent;
                    Forget(entry);
                }
            }
        }

        Changed?.Invoke();
    }

    /// <summary>A new session begins: nothing stands with the venue, everything wanted has to be asked for.</summary>
    /// <param name="onWanted">Called for each wanted stream.</param>
    public void BeginSession(Action<StreamName>? onWanted)
    {
        lock (_lock)
        {
            foreach (StreamEntry entry in new List<StreamEntry>(_entries.Values))
            {
                if (entry.State == StreamState.Confirmed)
                {
                    foreach (SubscriptionTicket holder in entry.Holders)
                    {
                        holder.Outstanding++;
                    }
                }

                entry.State = StreamState.Unsent;
                if (entry.IsWanted)
                {
                    onWanted?.Invoke(entry.Stream);
                }

                Forget(entry);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>The line has ended for good: whoever still waits gets the cause, and lanes run dry and end.</summary>
    public void Close(ConnectionException cause)
    {
        lock (_lock)
        {
            _closed = cause;
            foreach (StreamEntry entry in _entries.Values)
            {
                foreach (SubscriptionTicket holder in entry.Holders)
                {
                    holder.Fail(cause);
                    (holder.Subscriber as ILane)?.Complete();
                }
            }
        }
    }

    private void CheckRoom(IReadOnlyList<StreamName> streams)
    {
        var added = new HashSet<string>(StringComparer.Ordinal);
        foreach (StreamName stream in streams)
        {
            if (!_entries.ContainsKey(stream.Name))
            {
                added.Add(stream.Name);
            }
        }

        if (_entries.Count + added.Count > maxStreams)
        {
            throw new SubscriptionException(
                address, $"the line has room for {maxStreams} streams, carries {_entries.Count}, and {added.Count} more were asked for");
        }
    }

    private SubscriptionBatch? Take(Func<StreamEntry, bool> isDue, StreamState next, int max)
    {
        var due = new List<StreamEntry>();
        foreach (StreamEntry entry in _entries.Values)
        {
            if (isDue(entry))
            {
                entry.State = next;
                due.Add(entry);
                if (due.Count == max)
                {
                    break;
                }
            }
        }

        return due.Count == 0 ? null : new SubscriptionBatch(next == StreamState.Subscribing, [.. due]);
    }

    private void OnSubscribeReply(StreamEntry entry, in Reply reply)
    {
        if (reply.Error is null)
        {
            entry.State = StreamState.Confirmed;
            foreach (SubscriptionTicket holder in entry.Holders)
            {
                holder.OnConfirmed();
            }

            return;
        }

        // The venue does not say which of the streams it dislikes: all holders of the batch learn of it and none stays half subscribed.
        var error = new SubscriptionException(address, $"subscribing to {entry.Stream.Name} failed: {reply.Error}", reply.VenueCode);
        foreach (SubscriptionTicket holder in entry.Holders)
        {
            holder.Fail(error);
        }

        entry.Holders.Clear();
        entry.State = StreamState.Unsent;
        Route(entry.Stream.Symbol, entry.Stream.Channel);
        Forget(entry);
    }

    /// <summary>Drops an entry that nobody wants and the venue does not know.</summary>
    private void Forget(StreamEntry entry)
    {
        if (!entry.IsWanted && entry.State == StreamState.Unsent)
        {
            _entries.Remove(entry.Stream.Name);
            _byRoute[(entry.Stream.Symbol, entry.Stream.Channel)].Remove(entry);
        }
    }

    private StreamEntry Enter(StreamName stream)
    {
        var entry = new StreamEntry(stream);
        _entries.Add(stream.Name, entry);
        ref List<StreamEntry>? same = ref CollectionsMarshal.GetValueRefOrAddDefault(_byRoute, (stream.Symbol, stream.Channel), out _);
        (same ??= new List<StreamEntry>(1)).Add(entry);
        return entry;
    }

    /// <summary>Two names may mean one stream of ticks (<c>@depth</c> at two speeds): the route serves the holders of both.</summary>
    private void Route(SymbolId symbol, TickChannel channel)
    {
        var subscribers = new List<Subscriber>();
        foreach (StreamEntry entry in _byRoute[(symbol, channel)])
        {
            subscribers.AddRange(entry.Subscribers());
        }

        routes.Set(symbol, channel, subscribers.ToArray());
    }
}
