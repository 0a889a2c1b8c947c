using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>
/// One long-lived connection to a venue: it takes ticks from the wire to your handlers, keeps its subscriptions through reconnects, and marks the
/// gaps that a reconnect leaves. Dispose it to close it; a closed line never comes back.
/// </summary>
/// <remarks>
/// Thread-safe, except that handlers are called one at a time, on the receive loop. What <see cref="ConnectAsync{TProtocol}"/> needs is allocated
/// then and at the first sight of a symbol; a tick allocates nothing.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public abstract class Line : IAsyncDisposable
{
    private static readonly SubscribeOptions s_plain = new();

    private protected Line(string name, Endpoint endpoint, SymbolMap symbols)
    {
        Name = name;
        Endpoint = endpoint;
        Symbols = symbols;
    }

    /// <summary>Name for logs: the venue's, unless the venue record was given another.</summary>
    public string Name { get; }

    /// <summary>Where it connects to.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>The map behind the ids of its ticks.</summary>
    public SymbolMap Symbols { get; }

    /// <summary>Where it stands now.</summary>
    public abstract LineState State { get; }

    /// <summary>A snapshot of its counters.</summary>
    public abstract LineStatistics Statistics { get; }

    /// <summary>Completes, and never fails, when the line has ended for good; tells how.</summary>
    public abstract Task<LineEnd> Completion { get; }

    /// <summary>The write side of the present session; null while there is none.</summary>
    internal abstract FrameSender? Sender { get; }

    /// <summary>Opens a line whose ticks go to the subscribers of their streams.</summary>
    /// <param name="venue">The venue, such as <c>BinanceVenue.Spot</c>.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt; it has no effect on the line afterwards.</param>
    /// <exception cref="FramingException">The address or the transport does not go with <see cref="LineOptions.Framing"/>.</exception>
    /// <exception cref="ConnectionException">The line could not be opened; the type says which class of failure it was. Nothing stays open.</exception>
    public static async Task<Line> ConnectAsync<TProtocol>(
        Venue<TProtocol> venue, LineOptions? options = null, CancellationToken cancellationToken = default)
        where TProtocol : struct, IVenueProtocol
    {
        var routes = new RouteTable();
        var counters = new LineCounters();
        return await StartAsync(
            venue, options?.Stages?.CreateRecorder(options.TimeProvider), _ => new SubscriptionRouter(routes, counters), routes, counters, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens a line whose every tick goes to one handler. With a struct handler nothing stands between the wire and its code: no table, no
    /// virtual call.
    /// </summary>
    /// <param name="venue">The venue, such as <c>BinanceVenue.Spot</c>.</param>
    /// <param name="handler">Called on the receive loop for each tick, whoever subscribed to it.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt; it has no effect on the line afterwards.</param>
    /// <exception cref="FramingException">The address or the transport does not go with <see cref="LineOptions.Framing"/>.</exception>
    /// <exception cref="ConnectionException">The line could not be opened; the type says which class of failure it was. Nothing stays open.</exception>
    public static async Task<Line> ConnectAsync<TProtocol, THandler>(
        Venue<TProtocol> venue, THandler handler, LineOptions? options = null, CancellationToken cancellationToken = default)
        where TProtocol : struct, IVenueProtocol
        where THandler : ITickHandler
    {
        StageRecorder? stages = options?.Stages?.CreateRecorder(options.TimeProvider);
        return stages is null
            ? await StartAsync(venue, null, _ => handler, new RouteTable(), new LineCounters(), options, cancellationToken).ConfigureAwait(false)
            : await StartAsync(
                venue, stages, _ => new StagedHandler<THandler>(handler, stages), new RouteTable(), new LineCounters(), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Likewise, with a choice of where the handler runs: on the receive loop, or behind a lane, where it may take its time. The lane ends with the line; disposing
    /// the line returns when the handler has had everything in it, or has stopped taking (<see cref="DisposeAsync"/>). <see cref="LineStatistics.Lane"/> has its counters.
    /// </summary>
    /// <param name="venue">The venue, such as <c>BinanceVenue.Spot</c>.</param>
    /// <param name="handler">Called for each tick, whoever subscribed to it.</param>
    /// <param name="delivery">On the receive loop, or through a lane.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt; it has no effect on the line afterwards.</param>
    /// <exception cref="FramingException">The address or the transport does not go with <see cref="LineOptions.Framing"/>.</exception>
    /// <exception cref="ConnectionException">The line could not be opened; the type says which class of failure it was. Nothing stays open.</exception>
    public static async Task<Line> ConnectAsync<TProtocol, THandler>(
        Venue<TProtocol> venue, THandler handler, Delivery delivery, LineOptions? options = null, CancellationToken cancellationToken = default)
        where TProtocol : struct, IVenueProtocol
        where THandler : ITickHandler
    {
        if (!delivery.IsLane)
        {
            return await ConnectAsync(venue, handler, options, cancellationToken).ConfigureAwait(false);
        }

        return options?.Stages is { } stages
            ? await StartLaneAsync(
                venue, new StagedHandler<THandler>(handler, stages.CreateRecorder(options.TimeProvider)), delivery, options, cancellationToken).ConfigureAwait(false)
            : await StartLaneAsync(venue, handler, delivery, options, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Line> StartLaneAsync<TProtocol, THandler>(
        Venue<TProtocol> venue, THandler handler, Delivery delivery, LineOptions? options, CancellationToken cancellationToken)
        where TProtocol : struct, IVenueProtocol
        where THandler : ITickHandler
    {
        TickLane<THandler>? lane = null;
        try
        {
            return await StartAsync(
                venue,
                options?.Stages?.CreateRecorder(options.TimeProvider),
                parts =>
                {
                    lane = new TickLane<THandler>(handler, delivery, parts.Faults, parts.Closing);
                    parts.Lane = lane.Lane;
                    return lane;
                },
                new RouteTable(),
                new LineCounters(),
                options,
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (lane is not null)
            {
                await lane.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Starts a line whose pipeline ends in a handler, with a stamp before it where stages are measured.</summary>
    private static Task<Line> StartAsync<TProtocol, THandler>(
        Venue<TProtocol> venue,
        StageRecorder? stages,
        Func<LineParts, THandler> handler,
        RouteTable routes,
        LineCounters counters,
        LineOptions? options,
        CancellationToken cancellationToken)
        where TProtocol : struct, IVenueProtocol
        where THandler : ITickHandler =>
        stages is null
            ? LineCore<TProtocol, TickPipeline<TProtocol, THandler>>.StartAsync(
                venue, parts => new TickPipeline<TProtocol, THandler>(handler(parts), parts), routes, counters, options, cancellationToken)
            : LineCore<TProtocol, TickPipeline<TProtocol, ParsedStamp<THandler>>>.StartAsync(
                venue,
                parts =>
                {
                    parts.Stages = stages;
                    return new TickPipeline<TProtocol, ParsedStamp<THandler>>(new ParsedStamp<THandler>(handler(parts), stages), parts);
                },
                routes,
                counters,
                options,
                cancellationToken);

    /// <summary>
    /// Subscribes to streams on a line that has its own handler (<see cref="ConnectAsync{TProtocol, THandler}(Venue{TProtocol}, THandler, LineOptions?, CancellationToken)"/>), and waits until the venue has
    /// confirmed them.
    /// </summary>
    /// <inheritdoc cref="SubscribeAsync{THandler}(IReadOnlyList{string}, THandler, SubscribeOptions, CancellationToken)"/>
    public Task<Subscription> SubscribeAsync(IReadOnlyList<string> streams, CancellationToken cancellationToken = default) =>
        SubscribeAsync(streams, s_plain, cancellationToken);

    /// <inheritdoc cref="SubscribeAsync(IReadOnlyList{string}, CancellationToken)"/>
    public abstract Task<Subscription> SubscribeAsync(IReadOnlyList<string> streams, SubscribeOptions options, CancellationToken cancellationToken = default);

    /// <summary>Subscribes a handler to streams, and waits until the venue has confirmed them.</summary>
    /// <param name="streams">Stream names as the venue writes them; batched and paced as the venue demands.</param>
    /// <param name="handler">Called for their ticks and gaps.</param>
    /// <param name="delivery">On the receive loop (default) or through a lane.</param>
    /// <param name="cancellationToken">Gives up waiting, and the subscription with it.</param>
    /// <returns>The subscription; dispose it to end it.</returns>
    /// <exception cref="ArgumentException">The venue has no such stream; the message names it.</exception>
    /// <exception cref="SubscriptionException">The venue refused or did not answer, or the line is full.</exception>
    /// <exception cref="LineClosedException">The line has ended.</exception>
    public Task<Subscription> SubscribeAsync<THandler>(
        IReadOnlyList<string> streams, THandler handler, Delivery delivery = default, CancellationToken cancellationToken = default)
        where THandler : ITickHandler => SubscribeAsync(streams, handler, delivery == default ? s_plain : new SubscribeOptions { Delivery = delivery }, cancellationToken);

    /// <summary>Subscribes a handler to streams, and waits until the venue has confirmed them.</summary>
    /// <param name="streams">Stream names as the venue writes them; batched and paced as the venue demands.</param>
    /// <param name="handler">Called for their ticks and gaps.</param>
    /// <param name="options">How they are delivered, and what is expected of them.</param>
    /// <param name="cancellationToken">Gives up waiting, and the subscription with it.</param>
    /// <returns>The subscription; dispose it to end it.</returns>
    /// <exception cref="ArgumentException">The venue has no such stream; the message names it.</exception>
    /// <exception cref="SubscriptionException">The venue refused or did not answer, or the line is full.</exception>
    /// <exception cref="LineClosedException">The line has ended.</exception>
    public abstract Task<Subscription> SubscribeAsync<THandler>(
        IReadOnlyList<string> streams, THandler handler, SubscribeOptions options, CancellationToken cancellationToken = default)
        where THandler : ITickHandler;

    /// <summary>
    /// Whether it is safe to act on a stream now, and if not, why and since when: two reads, no lock, nothing allocated. From any thread; the answer is as old as the last tick
    /// that the receive loop has handled.
    /// </summary>
    public abstract Liveness StateOf(SymbolId symbol, TickChannel channel);

    /// <summary>Likewise for all streams of a symbol together: the first that is not live speaks for the symbol.</summary>
    public abstract Liveness StateOf(SymbolId symbol);

    /// <summary>Whether a stream is live; see <see cref="StateOf(SymbolId, TickChannel)"/>.</summary>
    public bool IsLive(SymbolId symbol, TickChannel channel) => StateOf(symbol, channel).IsLive;

    /// <summary>Whether all streams of a symbol are that are subscribed to, and there is one.</summary>
    public bool IsLive(SymbolId symbol) => StateOf(symbol).IsLive;

    /// <summary>
    /// Says that what is built from a stream is being built anew, or is whole again; in between the stream is <see cref="LivenessCause.Resyncing"/> and not live. Thread-safe.
    /// </summary>
    public abstract void MarkResyncing(SymbolId symbol, TickChannel channel, bool isResyncing);

    /// <summary>Asks the venue which streams it believes this line to be subscribed to.</summary>
    /// <exception cref="SubscriptionException">The venue refused or did not answer.</exception>
    /// <exception cref="LineClosedException">The line is not live.</exception>
    public abstract Task<IReadOnlyList<string>> ListSubscriptionsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Rotates the line now: a new connection takes the place of the present one while that one still delivers, so that nothing is missing and nothing comes twice. Returns
    /// when it has.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting; the rotation goes on.</param>
    /// <exception cref="LineClosedException">The line is not live.</exception>
    /// <exception cref="ConnectionException">The new connection could not be made ready. The line goes on as it was.</exception>
    public abstract Task RotateAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes the line: a Close frame where the framing has one, a wait for the peer's (<see cref="LineOptions.CloseTimeout"/>), then the connection is cut and the lanes run dry. Returns when nothing is left open and
    /// no handler is called any more, and in any case in bounded time.
    /// </summary>
    /// <remarks>
    /// A handler or a listener that does not return is waited for another <see cref="LineOptions.CloseTimeout"/> and a second; a handler behind a lane so long after each tick that it takes. Then a warning is logged and
    /// this returns. Until that handler has returned the line stays <see cref="LineState.Draining"/>, <see cref="Completion"/> is open and the receive block is not reused. A handler may call this, and had better not
    /// block on it: it would wait for itself all that time. Later calls wait for the first.
    /// </remarks>
    public abstract ValueTask DisposeAsync();

    /// <summary>Likewise, with a code and a reason that may stand in a Close frame.</summary>
    internal abstract ValueTask CloseAsync(int code, string reason);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Endpoint} {State}";
}
