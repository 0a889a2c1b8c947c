using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Subscriptions;

/// <summary>How one session stands with the venue: its side of the book, and who carries its requests out. Guarded by the book's lock.</summary>
internal sealed class Standing(int side, bool isRelief = false)
{
    private readonly TaskCompletionSource? _complete = isRelief ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    /// <summary>The book's side, 0 or 1.</summary>
    public int Side { get; } = side;

    /// <summary>Asks the venue for what there may be to ask for; signalled outside the lock. The session's pump enters itself, and leaves when it stops.</summary>
    public SubscriptionPump? Pump { get; set; }

    /// <summary>
    /// Completes when nothing that is wanted is still to be confirmed here, once the session has begun to ask; fails when the venue does not answer. For the relief of
    /// a line that rotates.
    /// </summary>
    public Task Complete => _complete?.Task ?? Task.CompletedTask;

    /// <summary>Whether the session has begun to ask for what is wanted. A spare one has not.</summary>
    public bool IsAsking { get; set; }

    public void OnComplete() => _complete?.TrySetResult();

    public void OnUnanswered(ConnectionException error)
    {
        _complete?.TrySetException(error);

        // Observed here as well: nobody may be waiting.
        _ = _complete?.Task.Exception;
    }
}
