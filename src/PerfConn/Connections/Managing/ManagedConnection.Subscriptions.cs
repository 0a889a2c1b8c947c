using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Sequencing;

namespace PerfConn.Connections.Managing;

/// <content>
/// Subscriptions. <c>_active</c> is what is wanted, by key; what was wanted stays in <c>_leaving</c> until the venue has forgotten it, and an equal one is asked for only after that.
/// </content>
public sealed partial class ManagedConnection
{
    /// <summary>Subscriptions asked for at the same time after a reconnect.</summary>
    private const int MaxRestoring = 8;

    /// <summary>How often one is asked for that is not answered.</summary>
    private const int MaxRestoreAttempts = 3;

    private readonly Lock _subscriptionLock = new();
    private readonly Dictionary<string, SharedSubscription> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _leaving = new(StringComparer.Ordinal);

    /// <summary>Kinds that the venue is being told to forget all of: whatever of them is asked for before it has would be forgotten with the rest.</summary>
    private readonly Dictionary<string, Task> _leavingKinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, SharedSubscription> _byRequest = new();

    /// <summary>Subscriptions that the venue has, or is to have: equal ones count once.</summary>
    public int SubscriptionCount
    {
        get
        {
            lock (_subscriptionLock)
            {
                return _active.Count;
            }
        }
    }

    /// <summary>Subscribes; returns when the venue has confirmed. An equal subscription of this connection is shared, and the venue is not asked again.</summary>
    /// <param name="payload">The request that subscribes.</param>
    /// <param name="capacity">Messages that may wait for its reader; null for <see cref="ConnectionManagerOptions.SubscriptionCapacity"/>.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="NotSupportedException">The connection's protocol knows no subscriptions (<see cref="ISubscriptionProtocol"/>).</exception>
    /// <exception cref="ConnectionException">As for a request. The subscription does not exist then.</exception>
    public async Task<ManagedSubscription> SubscribeAsync(ReadOnlyMemory<byte> payload, int? capacity = null, CancellationToken cancellationToken = default)
    {
        new OptionsCheck().Between(capacity ?? 1, 1, BufferBounds.MaxCapacity, nameof(capacity)).Throw();
        var request = new ArrayBufferWriter<byte>(payload.Length + 16);
        Streams.WriteSubscribe(payload.Span, request);
        string key = JsonKey.Of(request.WrittenMemory);
        ManagedSubscription subscriber;
        Task asking;
        SharedSubscription? shared;
        lock (_subscriptionLock)
        {
            bool isNew = !_active.TryGetValue(key, out shared);
            if (isNew)
            {
                shared = new SharedSubscription(key, Streams.KindOf(payload.Span), request.WrittenMemory);
                _active.Add(key, shared);
            }

            subscriber = new ManagedSubscription(this, shared!, capacity ?? _settings.SubscriptionCapacity);
            shared!.Add(subscriber);
            if (isNew)
            {
                shared.Asking = BeginAsync(shared, Task.WhenAll(_leaving.GetValueOrDefault(key, Task.CompletedTask), _leavingKinds.GetValueOrDefault(shared.Kind, Task.CompletedTask)));
            }

            asking = shared.Asking;
        }

        try
        {
            await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
            return subscriber;
        }
        catch
        {
            _ = subscriber.DisposeAsync().AsTask();
            throw;
        }
    }

    /// <summary>Ends all subscriptions of a kind, here and at the venue, with one request; their readers come to an end.</summary>
    /// <param name="kind">The kind in the venue's words.</param>
    /// <param name="cancellationToken">Gives up waiting; the subscriptions have ended here all the same.</param>
    /// <returns>The venue's reply.</returns>
    /// <exception cref="ConnectionException">As for a request.</exception>
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

        bool isForgotten = false;
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
            isForgotten = true;
            return reply;
        }
        finally
        {
            foreach (SharedSubscription shared in ending)
            {
                shared.End(null);
                shared.TakeVenueIds(Sender);
            }

            Left(ending, forgotten.Task, isForgotten);
            lock (_subscriptionLock)
            {
                if (_leavingKinds[kind] == forgotten.Task)
                {
                    _leavingKinds.Remove(kind);
                }
            }

            forgotten.SetResult();
        }
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

        ending?.End(null);
        ending?.TakeVenueIds(Sender);
        return await RequestAsync(request.WrittenMemory, null, cancellationToken).ConfigureAwait(false);
    }

    private ISubscriptionProtocol Streams => Options.Protocol as ISubscriptionProtocol
        ?? throw new NotSupportedException($"The protocol of connection {Id} ({Options.Protocol.GetType().Name}) knows no subscriptions.");

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

            return _leaving[shared.Key] = LeaveAsync(shared);
        }
    }

    /// <summary>The numbered request of a subscription is about to be sent: its messages will carry that number.</summary>
    private void Expect(SharedSubscription subscription, PendingRequest request)
    {
        subscription.OnAsking(request.Id, request.Sender);
        _byRequest[request.Id] = subscription;
    }

    /// <summary>A message with the number of a request that has been answered: of a subscription?</summary>
    private bool TryDeliver(long id, in ReplyMark mark, ReadOnlySpan<byte> message)
    {
        if (!_byRequest.TryGetValue(id, out SharedSubscription? shared))
        {
            return false;
        }

        if (mark.IsError)
        {
            Fault(shared, Refusal(mark));
        }
        else
        {
            Deliver(shared, id, mark, shared.IsEnded ? default : new JsonReply(message.ToArray()));
        }

        return true;
    }

    private async Task BeginAsync(SharedSubscription shared, Task before)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await AskForAsync(shared).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            lock (_subscriptionLock)
            {
                if (_active.GetValueOrDefault(shared.Key) == shared)
                {
                    _active.Remove(shared.Key);
                }
            }

            if (e is RequestRefusedException)
            {
                Left([shared], null, isForgotten: true);
            }

            shared.End(e);
            throw;
        }
    }

    private ValueTask<JsonReply> AskForAsync(SharedSubscription shared) =>
        _send(new RequestContext(Id, shared.Request, Options.RequestTimeout) { Subscription = shared }, _stop.Token);

    /// <summary>Has the venue forget it, if it has it. Never throws.</summary>
    private async Task LeaveAsync(SharedSubscription shared)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await shared.Asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        IReadOnlyList<string> venueIds = shared.TakeVenueIds(Sender);
        bool isForgotten = venueIds.Count > 0;
        foreach (string venueId in venueIds)
        {
            isForgotten &= await TryForgetAsync(venueId).ConfigureAwait(false);
        }

        Left([shared], null, isForgotten);
    }

    /// <summary>Nobody waits for them to be left any more.</summary>
    /// <param name="shared">Which.</param>
    /// <param name="leaving">Who has left them; null for whoever has.</param>
    /// <param name="isForgotten">Whether the venue certainly has them no more. Otherwise their numbers stay known until the connection is gone, so that what still comes is known for what it is.</param>
    private void Left(IEnumerable<SharedSubscription> shared, Task? leaving, bool isForgotten)
    {
        SharedSubscription[] left = [.. shared];
        foreach (KeyValuePair<long, SharedSubscription> entry in _byRequest)
        {
            if (isForgotten && left.Contains(entry.Value))
            {
                _byRequest.TryRemove(entry);
            }
        }

        lock (_subscriptionLock)
        {
            foreach (SharedSubscription each in left)
            {
                if (leaving is null || _leaving.GetValueOrDefault(each.Key) == leaving)
                {
                    _leaving.Remove(each.Key);
                }
            }
        }
    }

    /// <summary>The line has a new connection, on which the venue knows of nothing: everything wanted is asked for again.</summary>
    private void Restore(GapCause cause)
    {
        if (Sender is not { } sender)
        {
            return;
        }

        foreach (KeyValuePair<long, SharedSubscription> entry in _byRequest)
        {
            if (entry.Value.IsEnded)
            {
                _byRequest.TryRemove(entry);
            }
        }

        var restoring = new List<SharedSubscription>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_subscriptionLock)
        {
            foreach (SharedSubscription shared in _active.Values)
            {
                if (shared.TryClaim(sender, cause))
                {
                    shared.Asking = done.Task;
                    restoring.Add(shared);
                }
            }
        }

        _ = RestoreAsync(restoring, done);
    }

    private async Task RestoreAsync(List<SharedSubscription> restoring, TaskCompletionSource done)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxRestoring };
            await System.Threading.Tasks.Parallel.ForEachAsync(restoring, parallel, async (shared, _) => await RestoreAsync(shared).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            done.SetResult();
        }
    }

    /// <summary>Never throws. One that the venue refuses, or does not answer, ends; the others live on.</summary>
    private async Task RestoreAsync(SharedSubscription shared)
    {
        for (int attempt = 1; !shared.IsEnded; attempt++)
        {
            try
            {
                await ForgettingOf(shared).ConfigureAwait(false);
                await AskForAsync(shared).ConfigureAwait(false);
                return;
            }
            catch (RequestTimeoutException) when (shared.IsOn(Sender))
            {
                // The answer was lost; its messages have come.
                return;
            }
            catch (RequestTimeoutException) when (attempt < MaxRestoreAttempts)
            {
                // Once more.
            }
            catch (Exception e) when (e is RequestTimeoutException or RequestRefusedException or not (ConnectionException or OperationCanceledException))
            {
                Fault(shared, e);
                return;
            }
            catch (Exception)
            {
                // The line is lost again: the next connection begins anew.
                return;
            }
        }
    }

    /// <summary>What has to be over before it is asked for. One that is itself being forgotten waits for nothing: who forgets it waits for it.</summary>
    private Task ForgettingOf(SharedSubscription shared)
    {
        lock (_subscriptionLock)
        {
            return _active.GetValueOrDefault(shared.Key) == shared ? _leavingKinds.GetValueOrDefault(shared.Kind, Task.CompletedTask) : Task.CompletedTask;
        }
    }

    private void Fault(SharedSubscription shared, Exception error)
    {
        lock (_subscriptionLock)
        {
            if (_active.GetValueOrDefault(shared.Key) == shared)
            {
                _active.Remove(shared.Key);
            }
        }

        if (shared.End(error))
        {
            Tell(new ConnectionError("a subscription has ended", error));
        }
    }

    private void EndSubscriptions()
    {
        SharedSubscription[] all;
        lock (_subscriptionLock)
        {
            all = [.. _active.Values];
            _active.Clear();
        }

        foreach (SharedSubscription shared in all)
        {
            shared.End(null);
        }
    }
}
