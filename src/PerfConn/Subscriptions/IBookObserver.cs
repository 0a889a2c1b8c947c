using PerfConn.Diagnostics;

namespace PerfConn.Subscriptions;

/// <summary>Whoever is told what becomes of a book's streams: its line. An interface, because each delegate is 64 bytes, for every idle line.</summary>
internal interface IBookObserver
{
    /// <summary>The venue refuses a stream although its user had been told that it stands. Called outside the book's lock.</summary>
    void OnSubscriptionLost(SubscriptionException error);

    /// <summary>Somebody wants a stream that nobody wanted before. Called under the lock; it must return at once.</summary>
    void OnStreamEntered(StreamName stream);

    /// <summary>A stream has been left, or perhaps has, although users hold it: what it brings from now on is a new subscription. Likewise.</summary>
    void OnStreamBroken(StreamName stream);

    /// <summary>Neither a user wants the stream nor does the venue send it any more. Likewise.</summary>
    void OnStreamLeft(StreamName stream);
}
