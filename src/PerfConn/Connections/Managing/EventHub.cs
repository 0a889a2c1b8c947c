using System;
using System.Threading;
using PerfConn.Connections.Events;

namespace PerfConn.Connections.Managing;

/// <summary>Where events are written, and copied to every subscriber's own buffer. Writing never waits and runs nobody's code.</summary>
internal sealed class EventHub
{
    private readonly Lock _lock = new();
    private EventSubscriber[] _subscribers = [];
    private long _dropped;
    private bool _isComplete;

    /// <summary>Told of an observer that threw and was dropped.</summary>
    public required Action<Exception> OnObserverFailed { get; init; }

    /// <summary>Whether anybody listens.</summary>
    public bool HasSubscribers => Volatile.Read(ref _subscribers).Length > 0;

    /// <summary>Events that subscribers had no room for, all together.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Publish(LineEvent what)
    {
        foreach (EventSubscriber subscriber in Volatile.Read(ref _subscribers))
        {
            if (subscriber.Wants(what))
            {
                Interlocked.Add(ref _dropped, subscriber.Buffer.Add(what, what.Priority));
            }
        }
    }

    public void Add(EventSubscriber subscriber)
    {
        lock (_lock)
        {
            if (_isComplete)
            {
                subscriber.Buffer.Complete();
                return;
            }

            Volatile.Write(ref _subscribers, [.. _subscribers, subscriber]);
        }
    }

    public void Remove(EventSubscriber subscriber)
    {
        lock (_lock)
        {
            Volatile.Write(ref _subscribers, Array.FindAll(_subscribers, each => !ReferenceEquals(each, subscriber)));
        }

        subscriber.Buffer.Complete();
    }

    /// <summary>Nothing more happens. Subscribers still get what waits for them.</summary>
    public void Complete()
    {
        EventSubscriber[] subscribers;
        lock (_lock)
        {
            _isComplete = true;
            subscribers = _subscribers;
            Volatile.Write(ref _subscribers, []);
        }

        foreach (EventSubscriber subscriber in subscribers)
        {
            subscriber.Buffer.Complete();
        }
    }
}
