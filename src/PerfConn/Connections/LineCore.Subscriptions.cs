using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;

namespace PerfConn.Connections;

/// <content>What users ask of the line.</content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    private const byte TextOpcode = 1;

    public override Task<Subscription> SubscribeAsync(IReadOnlyList<string> streams, SubscribeOptions options, CancellationToken cancellationToken = default) =>
        SubscribeAsync(streams, subscriber: null, options.Expectation, cancellationToken);

    public override Task<Subscription> SubscribeAsync<TSubscriber>(
        IReadOnlyList<string> streams, TSubscriber handler, SubscribeOptions options, CancellationToken cancellationToken = default)
    {
        Delivery delivery = options.Delivery;
        if (_options.Stages is not { } stages || _stages is null)
        {
            return SubscribeAsync(streams, SubscriberFor(handler, in delivery), options.Expectation, cancellationToken);
        }

        // Inline handlers run on the receive loop and record where it does; a lane has a thread of its own.
        StageRecorder recorder = delivery.IsLane ? stages.CreateRecorder(_options.TimeProvider) : _stages;
        return SubscribeAsync(streams, SubscriberFor(new StagedHandler<TSubscriber>(handler, recorder), in delivery), options.Expectation, cancellationToken);
    }

    private Subscriber SubscriberFor<TSubscriber>(TSubscriber handler, in Delivery delivery)
        where TSubscriber : ITickHandler =>
        delivery.IsLane ? Lane.Start(handler, in delivery, _faults, _closing.Token) : new InlineSubscriber<TSubscriber>(handler);

    public override async Task<IReadOnlyList<string>> ListSubscriptionsAsync(CancellationToken cancellationToken = default)
    {
        LineSession session = _session ?? throw new LineClosedException(Endpoint.Url, $"the line is {State}, not live");
        await session.Pacer.WaitAsync(cancellationToken).ConfigureAwait(false);
        var replied = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        long id = session.Replies!.Register(_venue.Limits.ReplyTimeout, replied.SetResult);
        var request = new ArrayBufferWriter<byte>();
        TProtocol.WriteListSubscriptions(request, id);
        await session.Sender.SendAsync(TextOpcode, request.WrittenMemory, cancellationToken).ConfigureAwait(false);
        Reply reply = await replied.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return reply.Error is null && TryParseList(reply.Result, out List<string>? names)
            ? names
            : throw new SubscriptionException(Endpoint.Url, "listing the subscriptions failed: " + (reply.Error ?? "the venue's list is not JSON"), reply.VenueCode);
    }

    private async Task<Subscription> SubscribeAsync(
        IReadOnlyList<string> streams, Subscriber? subscriber, DataExpectation? expectation, CancellationToken cancellationToken)
    {
        var lane = subscriber as ILane;
        SubscriptionTicket? ticket = null;
        try
        {
            expectation ??= _options.Expectation;
            ticket = _book!.Add(Resolve(streams), subscriber, expectation);
            if (expectation is not null)
            {
                WatchData();
            }

            await ticket.Confirmed.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Subscription(_book!, ticket, [.. streams], lane, this);
        }
        catch
        {
            if (ticket is not null)
            {
                _book!.Remove(ticket);
            }

            if (lane is not null)
            {
                await EndAsync(lane).ConfigureAwait(false);
            }

            throw;
        }
    }

    private List<StreamName> Resolve(IReadOnlyList<string> streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        var resolved = new List<StreamName>(streams.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string stream in streams)
        {
            if (!TProtocol.TryParseStream(stream, out string symbol, out TickChannel channel, out string error))
            {
                throw new ArgumentException(error, nameof(streams));
            }

            SymbolId id = Symbols.GetOrAdd(symbol);
            if (!id.IsValid)
            {
                throw new SubscriptionException(Endpoint.Url, $"the symbol map is full ({Symbols.Count} symbols): no room for {symbol}");
            }

            if (seen.Add(stream))
            {
                resolved.Add(new StreamName(stream, id, channel));
            }
        }

        return resolved;
    }

    /// <summary>Binance and its kin answer with an array of names.</summary>
    private static bool TryParseList(ReadOnlyMemory<byte> result, [NotNullWhen(true)] out List<string>? names)
    {
        names = [];
        try
        {
            var reader = new Utf8JsonReader(result.Span);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String)
                {
                    names.Add(reader.GetString()!);
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
