using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Framing;

namespace PerfConn.Connections.Managing;

/// <content>
/// The ends of subscriptions. Whatever this side has given up, the venue must not go on with: what it confirms late is forgotten then.
/// </content>
public sealed partial class ManagedConnection
{
    /// <summary>Ends all subscriptions of a kind, here and at the venue, with one request; their readers come to an end.</summary>
    /// <param name="kind">The kind in the venue's words.</param>
    /// <param name="cancellationToken">Gives up waiting; the subscriptions have ended here all the same.</param>
    /// <returns>The venue's reply.</returns>
    /// <exception cref="ConnectionException">As for a request. The subscriptions have ended here; the venue is asked to forget each of them by itself.</exception>
    public async Task<JsonReply> ForgetAllAsync(string kind, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        var request = new ArrayBufferWriter<byte>();
        Streams.WriteForgetAll(kind, request);
        var forgotten = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        SharedSubscription[] ending;
        Task before;
        lock (_subscriptionLock)
        {
            before = _leavingKinds.GetValueOrDefault(kind, Task.CompletedTask);
            _leavingKinds[kind] = forgotten.Task;
            ending = [.. _active.Values.Where(shared => shared.Kind == kind)];
            foreach (SharedSubscription shared in ending)
            {
                _active.Remove(shared.Key);
                _leaving[shared.Key] = forgotten.Task;
            }
        }

        try
        {
            await before.WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (SharedSubscription shared in ending)
            {
                // What is being asked for goes out first, or the venue would forget it before it has it.
                await shared.Asking.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                shared.End(null);
            }

            JsonReply reply = await RequestAsync(request.WrittenMemory, null, cancellationToken).ConfigureAwait(false);
            foreach (SharedSubscription shared in ending)
            {
                shared.TakeVenueIds(Sender);
            }

            return reply;
        }
        finally
        {
            foreach (SharedSubscription shared in ending)
            {
                shared.End(null);
            }

            _ = LeaveAllAsync(kind, ending, before, forgotten);
        }
    }

    /// <summary>One by one, where the venue has not said that it has forgotten them all; else nothing is left to forget.</summary>
    private async Task LeaveAllAsync(string kind, SharedSubscription[] ending, Task before, TaskCompletionSource forgotten)
    {
        await Task.WhenAll(ending.Select(ForgetNamesAsync)).ConfigureAwait(false);
        await before.ConfigureAwait(false);
        Left(ending, forgotten.Task);
        lock (_subscriptionLock)
        {
            if (_leavingKinds[kind] == forgotten.Task)
            {
                _leavingKinds.Remove(kind);
            }
        }

        forgotten.SetResult();
    }

    /// <summary>Ends one subscription by the venue's id of it, for all its subscribers here.</summary>
    /// <param name="subscriptionId">The venue's id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The venue's reply.</returns>
    /// <exception cref="ConnectionException">As for a request.</exception>
    public async Task<JsonReply> ForgetAsync(string subscriptionId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subscriptionId);
        var request = new ArrayBufferWriter<byte>();
        Streams.WriteForget(subscriptionId, request);
        SharedSubscription? ending;
        lock (_subscriptionLock)
        {
            ending = _active.Values.FirstOrDefault(shared => shared.HasVenueId(subscriptionId));
            if (ending is not null)
            {
                _active.Remove(ending.Key);
            }
        }

        if (ending is not null)
        {
            // One request for several symbols has several ids; the others are forgotten with this one.
            ending.End(null);
            ending.TakeVenueId(subscriptionId);
            _ = BeginLeaving(ending);
        }

        return await RequestAsync(request.WrittenMemory, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One subscriber less. The last one has the venue forget it.</summary>
    internal Task ReleaseAsync(SharedSubscription shared, ManagedSubscription subscriber)
    {
        lock (_subscriptionLock)
        {
            if (!shared.Remove(subscriber))
            {
                return Task.CompletedTask;
            }

            if (_active.GetValueOrDefault(shared.Key) == shared)
            {
                _active.Remove(shared.Key);
            }

            return BeginLeaving(shared);
        }
    }

    /// <summary>Has the venue forget what it has of it and has not been asked to forget; an equal one is asked for only after that.</summary>
    private Task BeginLeaving(SharedSubscription shared)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_subscriptionLock)
        {
            Task before = _leaving.GetValueOrDefault(shared.Key, Task.CompletedTask);
            _leaving[shared.Key] = left.Task;
            _ = LeaveAsync(shared, before, left);
        }

        return left.Task;
    }

    private async Task LeaveAsync(SharedSubscription shared, Task before, TaskCompletionSource left)
    {
        await ForgetNamesAsync(shared).ConfigureAwait(false);
        await before.ConfigureAwait(false);
        Left([shared], left.Task);
        left.SetResult();
    }

    /// <summary>Never throws.</summary>
    private async Task ForgetNamesAsync(SharedSubscription shared)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await shared.Asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        FrameSender? sender = Sender;
        foreach (string venueId in shared.TakeVenueIds(sender))
        {
            try
            {
                var request = new ArrayBufferWriter<byte>();
                Streams.WriteForget(venueId, request);
                await _send(new RequestContext(Id, request.WrittenMemory, Options.RequestTimeout) { IsPatient = true, Meant = sender }, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (!IsClosed && sender is not null && ReferenceEquals(Sender, sender))
            {
                if (e is RequestTimeoutException)
                {
                    shared.ReturnVenueId(venueId);
                }

                Tell(new ConnectionError("the venue was asked to forget a subscription", e));
            }
            catch (Exception)
            {
                // The connection is gone, and with it what the venue had.
            }
        }
    }

    /// <summary>The venue has them no more, unless an answer is still to come: those are still known by their request, so that what comes of them late is not overheard.</summary>
    private void Left(SharedSubscription[] left, Task leaving)
    {
        foreach (KeyValuePair<long, SharedSubscription> entry in _byRequest)
        {
            if (left.Contains(entry.Value) && !entry.Value.MayGoOn(entry.Key))
            {
                _byRequest.TryRemove(entry);
            }
        }

        lock (_subscriptionLock)
        {
            foreach (SharedSubscription each in left)
            {
                if (_leaving.GetValueOrDefault(each.Key) == leaving)
                {
                    _leaving.Remove(each.Key);
                }
            }
        }
    }
}
