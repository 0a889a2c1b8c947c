using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>
/// A confirmed subscription. It survives reconnects, unless the venue refuses it then (<see cref="Refusals"/>); disposing it ends it: the venue is told when no other subscription holds the same
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

    /// <summary>
    /// What the venue has refused of it since it stood: one for each of its streams that was not to be had again when the line came back, was rotated or repaired. The others live on. Empty while
    /// all stand. A list made once and replaced when another comes.
    /// </summary>
    public IReadOnlyList<SubscriptionException> Refusals => _ticket.Refusals;

    /// <summary>
    /// Completes, and never fails, when the subscription is over: with null when it was disposed of, with the refusal when the venue has refused the last of its streams, and with a
    /// <see cref="LineClosedException"/> when the line has ended for good, whoever ended it.
    /// </summary>
    public Task<ConnectionException?> Completion => _ticket.Completion;

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
