using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;

namespace PerfConn.Connections.Managing;

/// <summary>A request that has no reply yet.</summary>
/// <param name="id">Its number.</param>
/// <param name="sender">The write side that it goes out on: which of a line's connections it belongs to.</param>
/// <param name="subscription">The subscription that it asks for; null for most.</param>
internal sealed class PendingRequest(long id, FrameSender sender, SharedSubscription? subscription)
{
    // Its continuation is the user's code: it must not run on the receive loop.
    private readonly TaskCompletionSource<JsonReply> _replied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Id => id;

    public FrameSender Sender => sender;

    public SharedSubscription? Subscription => subscription;

    public Task<JsonReply> Replied => _replied.Task;

    public void Complete(JsonReply reply) => _replied.TrySetResult(reply);

    public void Fail(ConnectionException cause)
    {
        if (_replied.TrySetException(cause))
        {
            // Its owner may have been failed by the send already, and look at this no more.
            _ = _replied.Task.Exception;
        }
    }
}
