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
    private readonly List<string> _takenIds = [];
    private readonly HashSet<long> _unanswered = [];
    private ManagedSubscription[] _subscribers = [];
    private FrameSender? _sender;
    private long _requestId;
    private long _firstId;
    private long _confirmedId;
    private bool _mayGoOn;
    private GapCause _cause;

    /// <summary>Whether one of its requests on this connection has been confirmed. Under the lock.</summary>
    private bool IsConfirmedHere => _firstId != 0 && _confirmedId >= _firstId;

    /// <summary>What makes it equal to others.</summary>
    public string Key => key;

    public string Kind => kind;

    /// <summary>The request that subscribes, without a number.</summary>
    public ReadOnlyMemory<byte> Request => request;

    /// <summary>The request under way, or the last one. Under the owner's lock.</summary>
    public Task Asking { get; set; } = Task.CompletedTask;

    /// <summary>Whether nobody holds it any more.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the venue has it on this connection of the line.</summary>
    public bool IsOn(FrameSender? sender)
    {
        lock (_lock)
        {
            return sender is not null && ReferenceEquals(_sender, sender) && _confirmedId == _requestId;
        }
    }

    /// <summary>Takes it on to have it asked for on this connection; false when it has been, or is ended, or has never been there.</summary>
    /// <param name="sender">The connection.</param>
    /// <param name="cause">Why there is another one: what the gap marker will say.</param>
    public bool TryClaim(FrameSender sender, GapCause cause)
    {
        lock (_lock)
        {
            if (IsEnded || _confirmedId == 0 || ReferenceEquals(_sender, sender))
            {
                return false;
            }

            Enter(sender);
            _cause = cause;
            return true;
        }
    }

    public void OnAsking(long requestId, FrameSender sender)
    {
        lock (_lock)
        {
            Enter(sender);
            _requestId = IsConfirmedHere ? _requestId : requestId;
            _firstId = _firstId == 0 ? requestId : _firstId;
            _unanswered.Add(requestId);
        }
    }

    /// <summary>Whether messages with the number of this request may still come: it has had no answer of any kind, or the venue has not said that it has forgotten what it brought.</summary>
    public bool MayGoOn(long requestId)
    {
        lock (_lock)
        {
            return _mayGoOn || _unanswered.Contains(requestId);
        }
    }

    /// <summary>The venue was asked to forget it and has not answered: when it goes on it is asked again.</summary>
    public void ReturnVenueId(string venueId)
    {
        lock (_lock)
        {
            _mayGoOn = true;
            _takenIds.Remove(venueId);
        }
    }

    /// <summary>The venue's answer to a request for it is an error. True when that is the last request, so that it stands no more.</summary>
    public bool OnRefused(long requestId)
    {
        lock (_lock)
        {
            _unanswered.Remove(requestId);
            return requestId == _requestId;
        }
    }

    /// <summary>
    /// A message of it has come. The first one after a new connection has a gap marker in front of it. True when it tells of something that the venue has, nobody here wants, and the venue has not been
    /// asked to forget.
    /// </summary>
    public bool OnMessage(long requestId, ReadOnlySpan<byte> venueId, JsonReply message)
    {
        ManagedSubscription[] subscribers;
        bool isGap;
        lock (_lock)
        {
            bool isNew = NoteVenueId(requestId, venueId, out bool isOfThisConnection);
            if (isOfThisConnection && !IsEnded && !IsConfirmedHere)
            {
                // The first that confirms counts, whichever of several requests it was the answer to.
                _requestId = requestId;
            }

            if (requestId != _requestId || IsEnded)
            {
                return isNew && IsEnded;
            }

            isGap = _confirmedId != 0 && _confirmedId != requestId;
            _confirmedId = requestId;
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

        return false;
    }

    /// <summary>What the venue calls it on this connection, to be forgotten by; each is given once.</summary>
    public IReadOnlyList<string> TakeVenueIds(FrameSender? sender)
    {
        lock (_lock)
        {
            string[] taken = ReferenceEquals(_sender, sender) ? [.. _venueIds] : [];
            _takenIds.AddRange(_venueIds);
            _venueIds.Clear();
            return taken;
        }
    }

    /// <summary>Likewise one of them, by its name.</summary>
    public void TakeVenueId(string venueId)
    {
        lock (_lock)
        {
            if (_venueIds.Remove(venueId))
            {
                _takenIds.Add(venueId);
            }
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

    /// <summary>On another connection of the line the venue knows it by no name yet.</summary>
    private void Enter(FrameSender sender)
    {
        if (!ReferenceEquals(_sender, sender))
        {
            _sender = sender;
            _requestId = 0;
            _firstId = 0;
            _mayGoOn = false;
            _venueIds.Clear();
            _takenIds.Clear();
            _unanswered.Clear();
        }
    }

    /// <summary>Notes the answer to a request of this connection, the last one or one that was given up before; true when it brings a new name.</summary>
    private bool NoteVenueId(long requestId, ReadOnlySpan<byte> venueId, out bool isOfThisConnection)
    {
        _unanswered.Remove(requestId);
        isOfThisConnection = _firstId != 0 && requestId >= _firstId;
        if (!isOfThisConnection || venueId.IsEmpty)
        {
            return false;
        }

        // One, or as many as the symbols of one request.
        string id = Encoding.UTF8.GetString(venueId);
        if (_venueIds.Contains(id) || _takenIds.Contains(id))
        {
            return false;
        }

        _venueIds.Add(id);
        return true;
    }
}
