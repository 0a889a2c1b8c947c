using System;
using System.Collections.Generic;
using System.Threading;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;

namespace PerfConn.Connections.Managing;

/// <summary>
/// Events of one connection, or of all of a manager: to be observed, or enumerated. Every subscriber has its own bounded buffer, so a slow one costs only itself; in a full buffer the
/// least important goes first (<see cref="EventPriority"/>), the oldest of that before the newest.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Observers are called one event at a time on the thread pool, never on a receive loop: they may block, request, and close their own connection. One that throws is dropped, and a
/// <see cref="ConnectionError"/> tells the others.</para>
/// <para>An enumeration hears of what happens from the call of <see cref="GetAsyncEnumerator"/> on. Both end when the connection, or the manager, is closed.</para>
/// </remarks>
public sealed class EventStream : IObservable<LineEvent>, IAsyncEnumerable<LineEvent>
{
    private readonly EventHub _hub;
    private readonly int _capacity;
    private readonly Func<LineEvent, bool>? _filter;

    internal EventStream(EventHub hub, int capacity, Func<LineEvent, bool>? filter = null)
    {
        _hub = hub;
        _capacity = capacity;
        _filter = filter;
    }

    /// <summary>Events that subscribers had no room for, all of them together.</summary>
    public long Dropped => _hub.Dropped;

    /// <summary>The same events for a subscriber that may have more of them, or fewer, waiting.</summary>
    /// <param name="capacity">1 to 1,000,000.</param>
    public EventStream WithCapacity(int capacity)
    {
        new OptionsCheck().Between(capacity, 1, BufferBounds.MaxCapacity).Throw();
        return new EventStream(_hub, capacity, _filter);
    }

    /// <summary>Those of the events that <paramref name="filter"/> wants. It runs where events happen: it must be quick, and must not throw.</summary>
    public EventStream Where(Func<LineEvent, bool> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new EventStream(_hub, _capacity, _filter is { } before ? what => before(what) && filter(what) : filter);
    }

    /// <summary>Observes. Dispose of the result to hear no more.</summary>
    public IDisposable Subscribe(IObserver<LineEvent> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        EventSubscriber subscriber = Add(default);
        _ = ObserverPump.RunAsync(subscriber.Buffer, observer, static (what, _, to) => to.OnNext(what), e =>
        {
            _hub.Remove(subscriber);
            _hub.OnObserverFailed(e);
        });
        return subscriber;
    }

    /// <summary>Observes with a delegate. Dispose of the result to hear no more.</summary>
    public IDisposable Subscribe(Action<LineEvent> onNext)
    {
        ArgumentNullException.ThrowIfNull(onNext);
        return Subscribe(new DelegateObserver<LineEvent>(onNext));
    }

    /// <inheritdoc/>
    public IAsyncEnumerator<LineEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) => Add(cancellationToken);

    private EventSubscriber Add(CancellationToken cancellationToken)
    {
        var subscriber = new EventSubscriber(_hub, _capacity, _filter, cancellationToken);
        _hub.Add(subscriber);
        return subscriber;
    }
}
