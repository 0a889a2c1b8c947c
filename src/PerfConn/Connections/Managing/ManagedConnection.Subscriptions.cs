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

    private ISubscriptionProtocol Streams => Options.Protocol as ISubscriptionProtocol
        ?? throw new NotSupportedException($"The protocol of connection {Id} ({Options.Protocol.GetType().Name}) knows no subscriptions.");

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

        if (!mark.IsError)
        {
            if (shared.OnMessage(id, mark.SubscriptionId, shared.IsEnded ? default : new JsonReply(message.ToArray())))
            {
                // Confirmed after all, and nobody wants it any more.
                _ = BeginLeaving(shared);
            }
        }
        else if (shared.IsEnded)
        {
            shared.OnRefused(id);
            _byRequest.TryRemove(id, out _);
        }
        else if (shared.OnRefused(id))
        {
            // The venue has ended it; there is nothing to forget.
            shared.TakeVenueIds(Sender);
            Fault(shared, Refusal(mark));
        }

        return true;
    }

    private async Task BeginAsync(SharedSubscription shared, Task before)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!shared.IsEnded)
            {
                await AskForAsync(shared).ConfigureAwait(false);
            }
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

            shared.End(e);

            // The venue may have confirmed in the moment that this side stopped waiting.
            _ = BeginLeaving(shared);
            throw;
        }
    }

    private ValueTask<JsonReply> AskForAsync(SharedSubscription shared, FrameSender? meant = null) =>
        _send(new RequestContext(Id, shared.Request, Options.RequestTimeout) { Subscription = shared, IsPatient = true, Meant = meant }, _stop.Token);

    /// <summary>The line has a new connection, on which the venue knows of nothing: everything wanted is asked for again.</summary>
    private void Restore(GapCause cause)
    {
        if (Sender is not { } sender)
        {
            return;
        }

        var restoring = new HashSet<SharedSubscription>();
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

        // Their requests were of the connection before.
        foreach (KeyValuePair<long, SharedSubscription> entry in _byRequest)
        {
            if (entry.Value.IsEnded || restoring.Contains(entry.Value))
            {
                _byRequest.TryRemove(entry);
            }
        }

        _ = RestoreAsync(restoring, sender, done);
    }

    private async Task RestoreAsync(HashSet<SharedSubscription> restoring, FrameSender sender, TaskCompletionSource done)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxRestoring };
            await System.Threading.Tasks.Parallel.ForEachAsync(restoring, parallel, async (shared, _) => await RestoreAsync(shared, sender).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            done.SetResult();
        }
    }

    /// <summary>Never throws. One that the venue refuses, or does not answer, ends; the others live on.</summary>
    private async Task RestoreAsync(SharedSubscription shared, FrameSender sender)
    {
        for (int attempt = 1; !shared.IsEnded; attempt++)
        {
            try
            {
                await ForgettingOf(shared).ConfigureAwait(false);
                await AskForAsync(shared, sender).ConfigureAwait(false);
                return;
            }
            catch (ConnectionException e) when (e is RequestTimeoutException or RequestRefusedException && shared.IsOn(Sender))
            {
                // The answer to this request, or to an earlier one, was lost; what it asked for has come.
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
                // The line is lost again, and the next connection begins anew; or it stands by now.
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
            _ = BeginLeaving(shared);
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
