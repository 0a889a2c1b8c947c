using System;
using System.Buffers;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Protocol;

namespace PerfConn.Subscriptions;

/// <summary>
/// Carries out, on one session, what the book asks for: batches requests, paces them, and brings their replies back to the book. Requests
/// are not serialised behind their replies, so a distant venue costs one round trip, not one per batch.
/// </summary>
internal sealed class SubscriptionPump<TProtocol>(
    SubscriptionBook book, ReplyTable replies, RequestPacer pacer, FrameSender sender, VenueLimits limits)
    where TProtocol : struct, IVenueProtocol
{
    private const byte TextOpcode = 1;

    private readonly SemaphoreSlim _work = new(0);

    /// <summary>Runs until cancelled, or until the line fails; never throws for either.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        book.Changed = Signal;
        try
        {
            Signal();
            while (true)
            {
                await _work.WaitAsync(cancellationToken).ConfigureAwait(false);
                while (book.TakeBatch(limits.StreamsPerRequest) is { } batch)
                {
                    await SendAsync(batch, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session ended; the book starts over on the next one.
        }
        finally
        {
            book.Changed = null;
        }
    }

    private async Task SendAsync(SubscriptionBatch batch, CancellationToken cancellationToken)
    {
        await pacer.WaitAsync(cancellationToken).ConfigureAwait(false);
        long id = replies.Register(limits.ReplyTimeout, reply => book.OnReply(batch, reply));
        try
        {
            var request = new ArrayBufferWriter<byte>(4096);
            if (batch.IsSubscribe)
            {
                TProtocol.WriteSubscribe(request, id, batch.Names);
            }
            else
            {
                TProtocol.WriteUnsubscribe(request, id, batch.Names);
            }

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

    private void Signal() => _work.Release();
}
