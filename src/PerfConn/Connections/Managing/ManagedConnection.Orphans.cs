using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;

namespace PerfConn.Connections.Managing;

/// <content>What the venue sends although nobody holds it: a request that seemed lost was carried out after all.</content>
public sealed partial class ManagedConnection
{
    /// <summary>The venue's ids of what it is being told to forget because nobody holds it.</summary>
    private readonly HashSet<string> _orphans = new(StringComparer.Ordinal);

    private void Deliver(SharedSubscription shared, long requestId, in ReplyMark mark, JsonReply message)
    {
        if (!shared.TryDeliver(requestId, mark.SubscriptionId, message) && !mark.SubscriptionId.IsEmpty)
        {
            ForgetOrphan(shared, Encoding.UTF8.GetString(mark.SubscriptionId));
        }
    }

    /// <summary>
    /// The venue sends what nobody holds: a request to subscribe that went unanswered was carried out after all, or one to forget was not. It is told to forget it; as long as it sends on
    /// it is told again.
    /// </summary>
    private void ForgetOrphan(SharedSubscription shared, string venueId)
    {
        var forgotten = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_subscriptionLock)
        {
            // Who leaves it now tells the venue himself; an equal one is asked for after that.
            if ((shared.IsEnded && !_leaving.TryAdd(shared.Key, forgotten.Task)) || !_orphans.Add(venueId))
            {
                return;
            }
        }

        _ = ForgetOrphanAsync(shared, venueId, forgotten);
    }

    private async Task ForgetOrphanAsync(SharedSubscription shared, string venueId, TaskCompletionSource forgotten)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        bool isForgotten = await TryForgetAsync(venueId).ConfigureAwait(false);
        lock (_subscriptionLock)
        {
            _orphans.Remove(venueId);
        }

        Left([shared], forgotten.Task, isForgotten && shared.IsEnded);
        forgotten.SetResult();
    }

    /// <summary>Has the venue forget it; false when it has not said that it did. Never throws.</summary>
    private async Task<bool> TryForgetAsync(string venueId)
    {
        try
        {
            var request = new ArrayBufferWriter<byte>();
            Streams.WriteForget(venueId, request);
            await RequestAsync(request.WrittenMemory).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (!IsClosed && Sender is not null)
        {
            Tell(new ConnectionError("the venue was asked to forget a subscription", e));
            return e is RequestRefusedException;
        }
        catch (Exception)
        {
            // The connection is gone, and with it what the venue had.
            return true;
        }
    }
}
