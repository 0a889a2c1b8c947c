using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Framing;
using PerfConn.Sequencing;

namespace PerfConn.Connections.Managing;

/// <summary>One subscription as the venue knows it, and all of its subscribers here. It lives as long as somebody holds it, over any number of connections of the line.</summary>
internal sealed class SharedSubscription(string key, string kind, ReadOnlyMemory<byte> request)
{
    private readonly Lock _lock = new();
    private readonly List<string> _venueIds = [];

    /// <summary>The requests sent for it on the present connection: one, and more when the first went unanswered.</summary>
    private readonly List<long> _requests = [];
    private ManagedSubscription[] _subscribers = [];
    private FrameSender? _sender;

    /// <summary>The connection on which the venue has confirmed it last, and the request that was confirmed there.</summary>
    private FrameSender? _confirmed;
    private long _confirmedId;
    private GapCause _cause;

    /// <summary>What makes it equal to others.</summary>
    public string Key => key;

    public string Kind => kind;

    /// <summary>The request that subscribes, without a number.</summary>
    public ReadOnlyMemory<byte> Request => request;

    /// <summary>The request under way, or the last one. Under the owner's lock.</summary>
    public Task Asking { get; set; } = Task.CompletedTask;

    /// <summary>Whether nobody holds it any more.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the venue has ever confirmed it.</summary>
    public bool WasConfirmed => Volatile.Read(ref _confirmed) is not null;

    /// <summary>Whether the venue has it on this connection of the line.</summary>
    public bool IsOn(FrameSender? sender)
    {
        lock (_lock)
        {
            return sender is not null && ReferenceEquals(_sender, sender) && ReferenceEquals(_confirmed, sender);
        }
    }

    /// <summary>Takes it on to have it asked for on this connection; false when it has been, or is ended, or has never been there.</summary>
    /// <param name="sender">The connection.</param>
    /// <param name="cause">Why there is another one: what the gap marker will say.</param>
    public bool TryClaim(FrameSender sender, GapCause cause)
    {
        lock (_lock)
        {
            if (IsEnded || _confirmed is null || ReferenceEquals(_sender, sender))
            {
                return false;
            }

            MoveTo(sender);
            _cause = cause;
            return true;
        }
    }

    public void OnAsking(long requestId, FrameSender sender)
    {
        lock (_lock)
        {
            MoveTo(sender);
            _requests.Add(requestId);
        }
    }

    /// <summary>A message of it has come. The first one after a new connection has a gap marker in front of it.</summary>
    /// <returns>
    /// False when the venue should not send it: it has ended here, or comes of a second request, sent because the first one was thought lost. Nothing was delivered then.
    /// </returns>
    public bool TryDeliver(long requestId, ReadOnlySpan<byte> venueId, JsonReply message)
    {
        ManagedSubscription[] subscribers;
        bool isGap;
        lock (_lock)
        {
            if (!_requests.Contains(requestId))
            {
                // Of a connection that is gone, and with it what the venue had.
                return true;
            }

            if (IsEnded)
            {
                NoteVenueId(venueId);
                return false;
            }

            isGap = _confirmed is not null && !ReferenceEquals(_confirmed, _sender);
            if (!ReferenceEquals(_confirmed, _sender))
            {
                _confirmed = _sender;
                _confirmedId = requestId;
            }
            else if (requestId != _confirmedId)
            {
                return false;
            }

            NoteVenueId(venueId);
            subscribers = _subscribers;
        }

        foreach (ManagedSubscription subscriber in subscribers)
        {
            if (isGap)
            {
                subscriber.Buffer.Add(new SubscriptionItem(default, _cause, -1), EventPriority.High);
            }

            subscriber.Buffer.Add(new SubscriptionItem(message), EventPriority.Normal);
        }

        return true;
    }

    /// <summary>What the venue calls it on this connection, to be forgotten by; each is given once.</summary>
    public IReadOnlyList<string> TakeVenueIds(FrameSender? sender)
    {
        lock (_lock)
        {
            string[] taken = ReferenceEquals(_sender, sender) ? [.. _venueIds] : [];
            _venueIds.Clear();
            return taken;
        }
    }

    public bool HasVenueId(string venueId)
    {
        lock (_lock)
        {
            return _venueIds.Contains(venueId);
        }
    }

    public void Add(ManagedSubscription subscriber)
    {
        lock (_lock)
        {
            _subscribers = [.. _subscribers, subscriber];
        }
    }

    /// <summary>One less; true when it was the last, and it has ended now.</summary>
    public bool Remove(ManagedSubscription subscriber)
    {
        lock (_lock)
        {
            if (IsEnded)
            {
                return false;
            }

            _subscribers = Array.FindAll(_subscribers, each => !ReferenceEquals(each, subscriber));
            IsEnded = _subscribers.Length == 0;
            return IsEnded;
        }
    }

    /// <summary>It ends for all; false when it has ended before.</summary>
    public bool End(Exception? error)
    {
        ManagedSubscription[] subscribers;
        lock (_lock)
        {
            if (IsEnded)
            {
                return false;
            }

            IsEnded = true;
            subscribers = _subscribers;
            _subscribers = [];
        }

        foreach (ManagedSubscription subscriber in subscribers)
        {
            subscriber.Buffer.Complete(error);
        }

        return true;
    }

    private void MoveTo(FrameSender sender)
    {
        if (!ReferenceEquals(_sender, sender))
        {
            _sender = sender;
            _requests.Clear();
            _venueIds.Clear();
        }
    }

    private void NoteVenueId(ReadOnlySpan<byte> venueId)
    {
        if (venueId.IsEmpty)
        {
            return;
        }

        // One, or as many as the symbols of one request.
        string id = Encoding.UTF8.GetString(venueId);
        if (!_venueIds.Contains(id))
        {
            _venueIds.Add(id);
        }
    }
}
