using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>
/// A confirmed subscription. It survives reconnects; disposing it ends it: the venue is told when no other subscription holds the same
/// streams, and a lane is drained and closed.
/// </summary>
/// <remarks>Thread-safe. Disposing twice does nothing more.</remarks>
public sealed class Subscription : IAsyncDisposable
{
    private readonly SubscriptionBook _book;
    private readonly SubscriptionTicket _ticket;
    private readonly ILane? _lane;
    private readonly ILaneEnder _ender;

    internal Subscription(SubscriptionBook book, SubscriptionTicket ticket, IReadOnlyList<string> streams, ILane? lane, ILaneEnder ender)
    {
        _book = book;
        _ender = ender;
        _ticket = ticket;
        _lane = lane;
        Streams = streams;
    }

    /// <summary>The streams, as they were asked for.</summary>
    public IReadOnlyList<string> Streams { get; }

    /// <summary>Ticks that this subscription's lane has dropped because its handler was too slow; 0 for inline delivery.</summary>
    public long Dropped => Statistics.Dropped;

    /// <summary>The counters of this subscription's lane; all 0 for inline delivery.</summary>
    public LaneStatistics Statistics => _lane?.Statistics ?? default;

    /// <summary>
    /// Ends the subscription. No tick is delivered after it has returned, except to an inline handler that is running right now, and to a handler behind a lane that has
    /// not returned from a call for <c>LineOptions.CloseTimeout</c> and a second: a warning is logged then, and the lane goes on when the handler does.
    /// </summary>
    /// <remarks>A handler may call it, and had better not block on it: behind a lane it would wait for itself that long.</remarks>
    public async ValueTask DisposeAsync()
    {
        _book.Remove(_ticket);
        if (_lane is not null)
        {
            await _ender.EndAsync(_lane).ConfigureAwait(false);
        }
    }
}
