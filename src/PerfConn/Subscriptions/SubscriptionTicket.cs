using System.Collections.Generic;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;

namespace PerfConn.Subscriptions;

/// <summary>
/// One call to subscribe: its streams, its subscriber, and whether the venue has confirmed them all. Guarded by the book's lock, except for
/// <see cref="Confirmed"/>.
/// </summary>
internal sealed class SubscriptionTicket(IReadOnlyList<StreamName> streams, Subscriber? subscriber)
{
    private readonly TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<StreamName> Streams { get; } = streams;

    /// <summary>Null when the ticks go to the line's own handler.</summary>
    public Subscriber? Subscriber { get; } = subscriber;

    /// <summary>How long its streams may be silent; null for as long as they like.</summary>
    public DataExpectation? Expectation { get; init; }

    /// <summary>Completes when the venue has confirmed every stream; fails with the first refusal.</summary>
    public Task Confirmed => _confirmed.Task;

    /// <summary>Whether its user has been told that it stands; what fails later has to be told in another way.</summary>
    public bool IsConfirmed => _confirmed.Task.IsCompletedSuccessfully;

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

    public void Fail(ConnectionException error)
    {
        _confirmed.TrySetException(error);

        // Observed here as well: nobody may be waiting any more.
        _ = _confirmed.Task.Exception;
    }
}
