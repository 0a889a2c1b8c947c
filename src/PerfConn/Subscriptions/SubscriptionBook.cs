using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Subscriptions;

/// <summary>
/// What one line's users want, and what the venue has confirmed of it. The desired set survives reconnects; what stands with the venue does
/// not. Replies are matched to the request's own streams, so one acknowledgement never confirms another request.
/// </summary>
/// <remarks>
/// Thread-safe, by one lock on the control plane. No I/O, no clock: the pump carries out what <see cref="TakeBatch(Standing, int)"/> gives. What stands with the venue is kept on two
/// sides, because while a line rotates it has two sessions: the present one, which users' subscriptions are confirmed by, and its relief.
/// </remarks>
internal sealed partial class SubscriptionBook(Uri address, RouteTable routes, int maxStreams, IBookObserver? observer = null)
{
    /// <summary>By name. It is the book's lock too.</summary>
    private readonly Dictionary<string, StreamEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Made with the first stream, like whatever only lines with subscriptions need.</summary>
    private Dictionary<(SymbolId Symbol, TickChannel Channel), List<StreamEntry>>? _byRoute;
    private Standing? _relief;
    private ConnectionException? _closed;

    /// <summary>How the present session stands.</summary>
    public Standing Present { get; private set; } = new(0) { IsAsking = true };

    /// <summary>Streams wanted, and how many of them the venue has confirmed on this session.</summary>
    public (int Wanted, int Confirmed) Count()
    {
        lock (_entries)
        {
            int wanted = 0;
            int confirmed = 0;
            foreach (StreamEntry entry in _entries.Values)
            {
                wanted += entry.IsWanted ? 1 : 0;
                confirmed += entry.IsWanted && IsConfirmed(entry) ? 1 : 0;
            }

            return (wanted, confirmed);
        }
    }

    /// <summary>Whether it has no stream, wanted or not.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_entries)
            {
                return _entries.Count == 0;
            }
        }
    }

    /// <summary>Wants the streams; a stream already wanted takes no second place.</summary>
    /// <exception cref="SubscriptionException">The line has no room for them; none is then added.</exception>
    public SubscriptionTicket Add(IReadOnlyList<StreamName> streams, Subscriber? subscriber, DataExpectation? expectation = null)
    {
        var ticket = new SubscriptionTicket(streams, subscriber) { Expectation = expectation };
        lock (_entries)
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
                entry.Rewatch();
                ticket.Outstanding += IsConfirmed(entry) ? 0 : 1;
                Route(stream.Symbol, stream.Channel);
            }

            ticket.CompleteIfDone();
        }

        OnChanged();
        return ticket;
    }

    /// <summary>No longer wants what this ticket wanted; the last one to go frees the stream. A second call does nothing.</summary>
    public void Remove(SubscriptionTicket ticket)
    {
        lock (_entries)
        {
            foreach (StreamName stream in ticket.Streams)
            {
                if (_entries.TryGetValue(stream.Name, out StreamEntry? entry) && entry.Holders.Remove(ticket))
                {
                    entry.Rewatch();
                    Route(stream.Symbol, stream.Channel);
                    Forget(entry);
                }
            }
        }

        ticket.End(why: null);
        OnChanged();
    }

    /// <summary>The next request to send: streams to leave first (they make room), then streams to join. Null when there is none.</summary>
    public SubscriptionBatch? TakeBatch(int maxStreamsPerRequest) => TakeBatch(Present, maxStreamsPerRequest);

    /// <inheritdoc cref="TakeBatch(int)"/>
    public SubscriptionBatch? TakeBatch(Standing standing, int maxStreamsPerRequest)
    {
        lock (_entries)
        {
            // One that was let go of asks for nothing more, or its side would never be clean again.
            return standing != Present && standing != _relief ? null
                : Take(standing.Side, static (entry, side) => entry.NeedsUnsubscribe(side), StreamState.Unsubscribing, maxStreamsPerRequest)
                    ?? Take(standing.Side, static (entry, side) => entry.NeedsSubscribe(side), StreamState.Subscribing, maxStreamsPerRequest);
        }
    }

    /// <summary>What the venue answered to a batch, or that it did not.</summary>
    public void OnReply(SubscriptionBatch batch, in Reply reply) => OnReply(Present, batch, reply);

    /// <inheritdoc cref="OnReply(SubscriptionBatch, in Reply)"/>
    /// <returns>
    /// False when a stream that users hold was to be left, to be joined again, and the venue has not said whether it has: what it brings from now on is of the old subscription or of the next,
    /// and nothing can tell where the gap is. Only another connection ends that.
    /// </returns>
    public bool OnReply(Standing standing, SubscriptionBatch batch, in Reply reply)
    {
        bool isCertain = true;
        List<SubscriptionException>? refused = null;
        lock (_entries)
        {
            if (standing != Present && standing != _relief)
            {
                // Its session is over.
                return true;
            }

            foreach (StreamEntry entry in batch.Entries)
            {
                if (reply.IsLost)
                {
                    entry.SetState(standing.Side, StreamState.Unsent);
                    Forget(entry);
                }
                else if (reply.VenueCode is not null && batch.Entries.Length > 1)
                {
                    // One stream that the venue dislikes takes nobody along: each half is asked for, or left, by itself.
                    entry.Company = (batch.Entries.Length + 1) / 2;
                    entry.SetState(standing.Side, batch.IsSubscribe ? StreamState.Unsent : StreamState.Doubtful);
                    Forget(entry);
                }
                else if (!batch.IsSubscribe)
                {
                    // Refused or not, the stream is not counted on any more; if somebody wants it again it is asked for again. Unanswered, it has to be left again.
                    entry.Company = int.MaxValue;
                    entry.SetState(standing.Side, reply.IsUnanswered ? StreamState.Doubtful : StreamState.Unsent);
                    if (standing == Present && entry.IsHeld)
                    {
                        observer?.OnStreamBroken(entry.Stream);
                        isCertain &= !reply.IsUnanswered;
                    }

                    Forget(entry);
                }
                else if (standing == Present)
                {
                    OnSubscribeReply(entry, reply, ref refused);
                }
                else
                {
                    OnReliefReply(standing, entry, reply);
                }
            }

            CheckComplete();
        }

        Tell(refused);
        OnChanged();
        return isCertain;
    }

    /// <summary>A new session begins: nothing stands with the venue, everything wanted has to be asked for.</summary>
    /// <param name="onWanted">Called for each wanted stream.</param>
    public Standing BeginSession(Action<StreamName>? onWanted)
    {
        lock (_entries)
        {
            // An entry may be removed while its dictionary is walked through; a copy would be 8 B a stream.
            foreach (StreamEntry entry in _entries.Values)
            {
                if (IsConfirmed(entry))
                {
                    Unconfirm(entry);
                }

                entry.SetState(Present.Side, StreamState.Unsent);
                if (entry.IsWanted)
                {
                    onWanted?.Invoke(entry.Stream);
                }

                Forget(entry);
            }

            Present = new Standing(Present.Side) { IsAsking = true };
            return Present;
        }
    }

    /// <summary>The line has ended for good: whoever still waits gets the cause, and lanes run dry and end.</summary>
    public void Close(ConnectionException cause)
    {
        lock (_entries)
        {
            _closed = cause;
            foreach (StreamEntry entry in _entries.Values)
            {
                foreach (SubscriptionTicket holder in entry.Holders)
                {
                    holder.Fail(cause);
                    holder.End(cause);
                    (holder.Subscriber as ILane)?.Complete();
                }
            }
        }
    }

    /// <summary>The lanes of those who hold its streams.</summary>
    public HashSet<ILane> Lanes()
    {
        var lanes = new HashSet<ILane>();
        lock (_entries)
        {
            foreach (StreamEntry entry in _entries.Values)
            {
                foreach (SubscriptionTicket holder in entry.Holders)
                {
                    if (holder.Subscriber is ILane lane)
                    {
                        lanes.Add(lane);
                    }
                }
            }
        }

        return lanes;
    }

    private bool IsConfirmed(StreamEntry entry) => entry.StateOn(Present.Side) == StreamState.Confirmed;

    private static void Unconfirm(StreamEntry entry)
    {
        foreach (SubscriptionTicket holder in entry.Holders)
        {
            holder.Outstanding++;
        }
    }

    private static void Confirm(StreamEntry entry)
    {
        foreach (SubscriptionTicket holder in entry.Holders)
        {
            holder.OnConfirmed();
        }
    }

    private void OnChanged()
    {
        Standing present;
        Standing? relief;
        lock (_entries)
        {
            present = Present;
            relief = _relief;
        }

        present.Pump?.Signal();
        if (relief is { IsAsking: true })
        {
            relief.Pump?.Signal();
        }
    }

    private void Tell(List<SubscriptionException>? refused)
    {
        foreach (SubscriptionException error in refused ?? [])
        {
            observer?.OnSubscriptionLost(error);
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

    private SubscriptionBatch? Take(int side, Func<StreamEntry, int, bool> isDue, StreamState next, int max)
    {
        // A list that grows would cost twice what the batch keeps.
        StreamEntry[] due = ArrayPool<StreamEntry>.Shared.Rent(Math.Min(max, _entries.Count));
        int count = 0;
        foreach (StreamEntry entry in _entries.Values)
        {
            if (isDue(entry, side) && (count == 0 || entry.Company == due[0].Company))
            {
                entry.SetState(side, next);
                due[count++] = entry;
                if (count == Math.Min(max, entry.Company))
                {
                    break;
                }
            }
        }

        SubscriptionBatch? batch = count == 0 ? null : new SubscriptionBatch(next == StreamState.Subscribing, due[..count]);
        Array.Clear(due, 0, count);
        ArrayPool<StreamEntry>.Shared.Return(due);
        return batch;
    }

    private void OnSubscribeReply(StreamEntry entry, in Reply reply, ref List<SubscriptionException>? refused)
    {
        if (reply.Error is null)
        {
            entry.SetState(Present.Side, StreamState.Confirmed);
            entry.Company = int.MaxValue;
            Confirm(entry);
            return;
        }

        var error = new SubscriptionException(address, $"subscribing to {entry.Stream.Name} failed: {reply.Error}", reply.VenueCode) { Stream = entry.Stream.Name };
        if (reply.IsUnanswered)
        {
            // Who is waiting for it is told. Who had it before keeps it: it is asked for again (RELIABILITY B55).
            FailHolders(entry, error, static holder => !holder.IsConfirmed);
            entry.SetState(Present.Side, StreamState.Doubtful);
        }
        else
        {
            // The venue does not say which of the streams it dislikes: all holders of the batch learn of it and none stays half subscribed.
            Refuse(entry, error, ref refused);
        }

        Forget(entry);
    }

    private void Refuse(StreamEntry entry, SubscriptionException error, ref List<SubscriptionException>? refused)
    {
        if (entry.Holders.Exists(static holder => holder.IsConfirmed))
        {
            (refused ??= []).Add(error);
        }

        FailHolders(entry, error, static _ => true);
        entry.SetState(Present.Side, StreamState.Unsent);
    }

    private void FailHolders(StreamEntry entry, SubscriptionException error, Predicate<SubscriptionTicket> isMeant)
    {
        foreach (SubscriptionTicket holder in entry.Holders.FindAll(isMeant))
        {
            holder.Refuse(error);
            entry.Holders.Remove(holder);
        }

        Route(entry.Stream.Symbol, entry.Stream.Channel);
    }

    /// <summary>Drops an entry that nobody wants and the venue does not know.</summary>
    private void Forget(StreamEntry entry)
    {
        if (!entry.IsWanted && entry.IsUnsent)
        {
            if (_entries.Remove(entry.Stream.Name))
            {
                List<StreamEntry> same = _byRoute![(entry.Stream.Symbol, entry.Stream.Channel)];
                same.Remove(entry);
                if (same.Count == 0)
                {
                    observer?.OnStreamLeft(entry.Stream);
                }
            }
        }
    }

    private StreamEntry Enter(StreamName stream)
    {
        var entry = new StreamEntry(stream);
        _entries.Add(stream.Name, entry);
        ref List<StreamEntry>? same = ref CollectionsMarshal.GetValueRefOrAddDefault(_byRoute ??= [], (stream.Symbol, stream.Channel), out _);
        (same ??= new List<StreamEntry>(1)).Add(entry);
        observer?.OnStreamEntered(stream);
        return entry;
    }

    /// <summary>Two names may mean one stream of ticks (<c>@depth</c> at two speeds): the route serves the holders of both.</summary>
    private void Route(SymbolId symbol, TickChannel channel)
    {
        var subscribers = new List<Subscriber>();
        foreach (StreamEntry entry in _byRoute![(symbol, channel)])
        {
            subscribers.AddRange(entry.Subscribers());
        }

        routes.Set(symbol, channel, subscribers.ToArray());
    }
}
