using System.Collections.Generic;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>
/// One call to subscribe: its streams, its subscriber, and whether the venue has confirmed them all. Guarded by the book's lock, except for
/// <see cref="Confirmed"/>, <see cref="Completion"/> and <see cref="Refusals"/>, which anybody may read.
/// </summary>
internal sealed class SubscriptionTicket(IReadOnlyList<StreamName> streams, Subscriber? subscriber)
{
    private readonly TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ConnectionException?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SubscriptionException[] _refusals = [];

    public IReadOnlyList<StreamName> Streams { get; } = streams;

    /// <summary>Null when the ticks go to the line's own handler.</summary>
    public Subscriber? Subscriber { get; } = subscriber;

    /// <summary>How long its streams may be silent; null for as long as they like.</summary>
    public DataExpectation? Expectation { get; init; }

    /// <summary>Completes when the venue has confirmed every stream; fails with the first refusal.</summary>
    public Task Confirmed => _confirmed.Task;

    /// <summary>Whether its user has been told that it stands; what fails later has to be told in another way.</summary>
    public bool IsConfirmed => _confirmed.Task.IsCompletedSuccessfully;

    /// <summary>Completes when it holds no stream any more; tells why, null for its user's wish.</summary>
    public Task<ConnectionException?> Completion => _completion.Task;

    /// <summary>Why the venue has taken streams from it that it had confirmed; replaced as a whole.</summary>
    public IReadOnlyList<SubscriptionException> Refusals => _refusals;

    /// <summary>Streams not yet confirmed.</summary>
    public int Outstanding { get; set; }

    public void OnConfirmed()
    {
        Outstanding--;
        CompleteIfDone();
    }

    public void CompleteIfDone()
    {
        if (Outstanding == 0)
        {
            _confirmed.TrySetResult();
        }
    }

    /// <summary>The venue refuses one of its streams, which it had confirmed before if its user has been told that it stands.</summary>
    public void Refuse(SubscriptionException error)
    {
        _refusals = [.. _refusals, error];
        Fail(error);
        if (_refusals.Length == Streams.Count)
        {
            End(error);
        }
    }

    /// <summary>It holds no stream any more.</summary>
    public void End(ConnectionException? why) => _completion.TrySetResult(why);

    public void Fail(ConnectionException error)
    {
        _confirmed.TrySetException(error);

        // Observed here as well: nobody may be waiting any more.
        _ = _confirmed.Task.Exception;
    }
}
