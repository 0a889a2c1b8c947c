using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Framing;

namespace PerfConn.Connections.Managing;

/// <content>Requests and replies.</content>
public sealed partial class ManagedConnection
{
    private const byte TextOpcode = 1;

    private readonly RequestTable _requests = new();
    private readonly RequestStep _send;

    /// <summary>Sends a request and waits for its reply. Any number of threads may.</summary>
    /// <param name="payload">The request, a JSON object without a number; it must stay as it is until the call completes.</param>
    /// <param name="timeout">How long it may take; null for <see cref="ConnectionOptions.RequestTimeout"/>.</param>
    /// <param name="cancellationToken">Gives up waiting. Whether the venue has carried the request out is then not known.</param>
    /// <exception cref="ArgumentException">The payload is no request of the connection's protocol. Nothing was sent.</exception>
    /// <exception cref="UnknownConnectionException">The connection is closed. Nothing was sent.</exception>
    /// <exception cref="LineClosedException">The line is down, or has ended before the reply came.</exception>
    /// <exception cref="RequestTimeoutException">There was no reply in time, or no place in the venue's budget (<see cref="ConnectionOptions.Budgets"/>); it says which.</exception>
    /// <exception cref="RequestRefusedException">The venue's reply is an error.</exception>
    /// <exception cref="ConnectionException">The connection was lost before the reply came; the type says how.</exception>
    public ValueTask<JsonReply> RequestAsync(ReadOnlyMemory<byte> payload, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _send(new RequestContext(Id, payload, timeout ?? Options.RequestTimeout), cancellationToken);

    /// <summary>A message has come, on the receive loop. Must not throw.</summary>
    internal void OnMessage(ReadOnlySpan<byte> message)
    {
        if (Options.TellsMessages)
        {
            Tell(new MessageReceived(message.ToArray()));
        }

        if (!Options.Protocol.TryRead(message, out ReplyMark mark))
        {
            TellUnmatched(null, message);
            return;
        }

        if (mark.RequestId is not { } id)
        {
            TellUnmatched(null, message);
        }
        else if (_requests.TryTake(id, out PendingRequest? request))
        {
            Complete(request, mark, message);
        }
        else if (!TryDeliver(id, mark, message))
        {
            TellUnmatched(id, message);
        }
    }

    private void Complete(PendingRequest request, in ReplyMark mark, ReadOnlySpan<byte> message)
    {
        if (mark.IsError)
        {
            request.Subscription?.OnRefused(request.Id);
            request.Fail(Refusal(mark));
            return;
        }

        var reply = new JsonReply(message.ToArray());
        if (request.Subscription is { } shared && shared.OnMessage(request.Id, mark.SubscriptionId, reply))
        {
            // It was given up in the moment that the answer came.
            _ = BeginLeaving(shared);
        }

        request.Complete(reply);
    }

    private RequestRefusedException Refusal(in ReplyMark mark)
    {
        IReadOnlyCollection<string> secrets = _endpoint.Secrets();
        return new RequestRefusedException(
            _endpoint.Url, Id, Redactor.Redact(Encoding.UTF8.GetString(mark.ErrorCode), secrets), Redactor.Redact(Encoding.UTF8.GetString(mark.ErrorMessage), secrets));
    }

    private void TellUnmatched(long? id, ReadOnlySpan<byte> message)
    {
        if (_hub.HasSubscribers || _manager.Hub.HasSubscribers)
        {
            Tell(new UnmatchedResponse(id, message.ToArray()));
        }
    }

    /// <summary>The middleware, the first outermost, and at its end the line.</summary>
    private RequestStep BuildWay(IReadOnlyList<IRequestMiddleware> middleware)
    {
        RequestStep way = SendAsync;
        foreach (IRequestMiddleware each in middleware.Reverse())
        {
            RequestStep next = way;
            way = (context, cancellationToken) => each.InvokeAsync(context, next, cancellationToken);
        }

        return way;
    }

    private async ValueTask<JsonReply> SendAsync(RequestContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long start = _settings.TimeProvider.GetTimestamp();
        FrameSender sender = SenderFor(context);
        TimeSpan timeout = context.Timeout;
        if (BudgetOf(context.Payload) is { } budget)
        {
            timeout -= await WaitForTurnAsync(budget, context, cancellationToken).ConfigureAwait(false);
            sender = SenderFor(context);
        }

        PendingRequest request = _requests.Add(sender, context.Subscription);
        try
        {
            var message = new ArrayBufferWriter<byte>(context.Payload.Length + 32);
            Options.Protocol.WriteRequest(context.Payload.Span, request.Id, message);
            if (context.Subscription is { } subscription)
            {
                Expect(subscription, request);
            }

            return await AskAsync(request, message.WrittenMemory, timeout, context.Timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _requests.Remove(request);
            context.Elapsed = _settings.TimeProvider.GetElapsedTime(start);
        }
    }

    /// <summary>The connection to send on, if the request still makes sense there: it may have waited for its turn.</summary>
    private FrameSender SenderFor(RequestContext context)
    {
        FrameSender sender = LiveSender();
        if (context.Meant is { } meant && !ReferenceEquals(meant, sender))
        {
            throw new LineClosedException(_endpoint.Url, $"connection {Id} is another one than the request was for; nothing was sent");
        }

        return context.Subscription is { } subscription && (subscription.IsEnded || subscription.IsOn(sender))
            ? throw new OperationCanceledException("The subscription has ended, or stands already; nothing was sent.")
            : sender;
    }

    private FrameSender LiveSender() => LiveLine().Sender ?? throw new LineClosedException(_endpoint.Url, $"connection {Id} is {State}, not live; nothing was sent");

    private async ValueTask<JsonReply> AskAsync(PendingRequest request, ReadOnlyMemory<byte> message, TimeSpan left, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(left, _settings.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await request.Sender.SendAsync(TextOpcode, message, either.Token).ConfigureAwait(false);
            if (Options.TellsMessages)
            {
                Tell(new MessageSent(request.Id, message.ToArray()));
            }

            if (!ReferenceEquals(Sender, request.Sender))
            {
                // The connection went while it was sent on, perhaps after all that were waiting had been told.
                request.Fail(new LineClosedException(_endpoint.Url, $"connection {Id} was lost while the request was sent"));
            }

            return await request.Replied.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RequestTimeoutException(_endpoint.Url, Id, timeout);
        }
    }
}
