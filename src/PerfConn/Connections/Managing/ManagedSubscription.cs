using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Sequencing;

namespace PerfConn.Connections.Managing;

/// <summary>
/// One subscriber of a stream: to be enumerated or observed, by one reader. The venue has one subscription for all equal ones of a connection; when the last is disposed of, it is told to
/// forget it, once. After a reconnect it is subscribed again, and a gap marker stands before the first message.
/// </summary>
/// <remarks>
/// Messages wait in a bounded buffer of its own, from the first on. When that is full the oldest go, and a gap marker tells how many. Each message is copied once for all subscribers.
/// </remarks>
public sealed class ManagedSubscription : IAsyncEnumerable<SubscriptionItem>, IObservable<SubscriptionItem>, IAsyncDisposable
{
    private readonly ManagedConnection _connection;
    private readonly SharedSubscription _shared;
    private int _isRead;
    private int _isDisposed;

    internal ManagedSubscription(ManagedConnection connection, SharedSubscription shared, int capacity)
    {
        _connection = connection;
        _shared = shared;
        Buffer = new EventBuffer<SubscriptionItem>(capacity);
    }

    /// <summary>The connection that it is on.</summary>
    public ConnectionId Connection => _connection.Id;

    /// <summary>What makes it equal to others: its request, without white space and with its fields in order.</summary>
    public string Key => _shared.Key;

    /// <summary>Whether the venue has it now: false while the connection is down, and until it is subscribed again. Cheap.</summary>
    public bool IsLive => !_shared.IsEnded && _shared.IsOn(_connection.Sender);

    internal EventBuffer<SubscriptionItem> Buffer { get; }

    /// <summary>Reads. It ends when the subscription is forgotten or its connection closed, and throws what else ended it.</summary>
    /// <exception cref="InvalidOperationException">It has a reader already.</exception>
    public IAsyncEnumerator<SubscriptionItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        BeginReading();
        return new Reader(Buffer, cancellationToken);
    }

    /// <summary>Reads with an observer, on the thread pool, one item at a time. One that throws is called no more. Dispose of the result to stop; the subscription stays until it is disposed of itself.</summary>
    /// <exception cref="InvalidOperationException">It has a reader already.</exception>
    public IDisposable Subscribe(IObserver<SubscriptionItem> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        BeginReading();
        _ = ObserverPump.RunAsync(Buffer, observer, Next, e =>
        {
            Buffer.Complete();
            _connection.OnObserverFailed(e);
        });
        return new Stopper(Buffer);
    }

    /// <summary>Reads with delegates; likewise.</summary>
    /// <param name="onNext">Called for each message and gap marker.</param>
    /// <param name="onError">Called when it ends by a failure.</param>
    /// <param name="onCompleted">Called when it ends otherwise.</param>
    public IDisposable Subscribe(Action<SubscriptionItem> onNext, Action<Exception>? onError = null, Action? onCompleted = null)
    {
        ArgumentNullException.ThrowIfNull(onNext);
        return Subscribe(new DelegateObserver<SubscriptionItem>(onNext, onError, onCompleted));
    }

    /// <summary>
    /// Leaves it. When it was the last of equal ones the venue is told, and its answer waited for; that it does not answer is told as an event, not thrown.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Buffer.Complete();
            await _connection.ReleaseAsync(_shared, this).ConfigureAwait(false);
        }
    }

    private static void Next(SubscriptionItem item, long lost, IObserver<SubscriptionItem> observer)
    {
        if (lost > 0)
        {
            observer.OnNext(new SubscriptionItem(default, GapCause.SlowConsumer, lost));
        }

        observer.OnNext(item);
    }

    private void BeginReading()
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
        {
            throw new InvalidOperationException("A subscription has one reader; subscribe again for another, the venue is asked only once.");
        }
    }

    private sealed class Stopper(EventBuffer<SubscriptionItem> buffer) : IDisposable
    {
        public void Dispose() => buffer.Complete();
    }

    private sealed class Reader(EventBuffer<SubscriptionItem> buffer, CancellationToken cancellationToken) : IAsyncEnumerator<SubscriptionItem>
    {
        private SubscriptionItem? _behindGap;

        [AllowNull]
        public SubscriptionItem Current { get; private set; }

        public async ValueTask<bool> MoveNextAsync()
        {
            if (_behindGap is { } held)
            {
                _behindGap = null;
                Current = held;
                return true;
            }

            while (await buffer.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                if (buffer.TryTake(out SubscriptionItem item, out long lost))
                {
                    _behindGap = lost > 0 ? item : null;
                    Current = lost > 0 ? new SubscriptionItem(default, GapCause.SlowConsumer, lost) : item;
                    return true;
                }
            }

            return false;
        }

        public ValueTask DisposeAsync() => default;
    }
}
