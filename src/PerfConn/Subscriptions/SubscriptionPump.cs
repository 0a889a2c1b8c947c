using System;
using System.Buffers;
using System.Threading;
using System.Threading.Tasks;
using CommunityToolkit.HighPerformance.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Protocol;

namespace PerfConn.Subscriptions;

/// <summary>
/// Carries out, on one session, what the book asks for: batches requests, paces them, and brings their replies back to the book. Requests
/// are not serialised behind their replies, so a distant venue costs one round trip, not one per batch.
/// </summary>
internal abstract class SubscriptionPump(
    SubscriptionBook book, Standing standing, ReplyTable replies, RequestPacer pacer, FrameSender sender, VenueLimits limits)
{
    private const byte TextOpcode = 1;

    /// <summary>Room for some 350 streams; a longer request makes it grow.</summary>
    private const int RequestSize = 8192;

    private Task _running = Task.CompletedTask;
    private CancellationToken _cancellationToken;
    private bool _isRunning;
    private bool _isWanted;
    private bool _isStopped;
    private int _unanswered;

    /// <summary>Told when so many requests in a row were not answered that the session is of no use, whatever else arrives on it.</summary>
    public ISilenceObserver? Observer { get; init; }

    /// <summary>Carries out what the book asks for now and later, until the token is cancelled. There is a task only while there is something to do.</summary>
    public void Start(CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        standing.Pump = this;

        // What enters the book from now on signals by itself. A line without subscriptions never has a task.
        if (!book.IsEmpty)
        {
            Signal();
        }
    }

    /// <summary>Returns when nothing runs any more. Never throws; call it when the token has been cancelled.</summary>
    public async Task StopAsync()
    {
        standing.Pump = null;
        lock (standing)
        {
            _isStopped = true;
        }

        await _running.ConfigureAwait(false);
    }

    protected abstract void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams);

    protected abstract void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams);

    private void OnReply(SubscriptionBatch batch, in Reply reply)
    {
        int unanswered = reply.IsUnanswered ? Interlocked.Increment(ref _unanswered) : Interlocked.Exchange(ref _unanswered, 0);
        if (!book.OnReply(standing, batch, reply))
        {
            Observer?.OnDoubt();
        }
        else if (reply.IsUnanswered && unanswered == limits.UnansweredRequests)
        {
            Observer?.OnSilent(limits.UnansweredRequests);
        }
    }

    /// <summary>There may be something to ask the venue for. Whoever changes the book does not carry it out on his own thread.</summary>
    public void Signal()
    {
        lock (standing)
        {
            _isWanted = true;
            if (!_isRunning && !_isStopped)
            {
                _isRunning = true;
                _running = Task.Run(RunAsync, CancellationToken.None);
            }
        }
    }

    /// <summary>Whether the book has changed since the last time of asking; if not, the task is over.</summary>
    private bool GoesOn()
    {
        lock (standing)
        {
            _isRunning = _isWanted && !_isStopped;
            _isWanted = false;
            return _isRunning;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (GoesOn())
            {
                while (book.TakeBatch(standing, limits.StreamsPerRequest) is { } batch)
                {
                    await SendAsync(batch, _cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_cancellationToken.IsCancellationRequested)
        {
            // The session ended; the book starts over on the next one.
        }
    }

    private void Write(SubscriptionBatch batch, IBufferWriter<byte> request, long id)
    {
        int count = batch.Entries.Length;
        string[] names = ArrayPool<string>.Shared.Rent(count);
        for (int i = 0; i < count; i++)
        {
            names[i] = batch.Entries[i].Stream.Name;
        }

        try
        {
            if (batch.IsSubscribe)
            {
                WriteSubscribe(request, id, names.AsSpan(0, count));
            }
            else
            {
                WriteUnsubscribe(request, id, names.AsSpan(0, count));
            }
        }
        finally
        {
            Array.Clear(names, 0, count);
            ArrayPool<string>.Shared.Return(names);
        }
    }

    private async Task SendAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        await pacer.WaitAsync(cancellationToken).ConfigureAwait(false);
        long id = replies.Register(limits.ReplyTimeout, reply => OnReply(batch, reply));
        try
        {
            // From the shared pool: a request of 250 streams is 5 KB, and a line that comes back asks for them all again.
            using var request = new ArrayPoolBufferWriter<byte>(RequestSize);
            Write(batch, request, id);
            await sender.SendAsync(TextOpcode, request.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        catch (FramingException e)
        {
            replies.Complete(id, Reply.Unsendable(e.Message));
        }
        catch (Exception)
        {
            // The write side failed, so the line is going down; the read side tells why.
            replies.Complete(id, Reply.Lost);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }
}
