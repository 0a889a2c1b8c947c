using System;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Dispatch;

/// <summary>
/// Puts a snapshot before the deltas of each symbol, at the first one and after each gap: deltas wait while it is fetched, those that it contains are left out, and
/// it is fetched again when the first that is left does not join it (Binance, "How to manage a local order book correctly").
/// </summary>
/// <remarks>
/// <para>
/// Give it a line or a subscription as the handler, inline or behind a lane. The handler behind it is called on the same thread as it: a snapshot that has arrived is delivered with the
/// next tick of any symbol. It relies on the line for gaps (<c>LineOptions.Sequencing</c>) and for order. Ticks of other channels go straight through.
/// </para>
/// <para>In sync a tick costs one table look-up and allocates nothing. Waiting deltas are copied into rented arrays.</para>
/// </remarks>
/// <typeparam name="TProtocol">The protocol that reads the deltas' numbers.</typeparam>
/// <typeparam name="TSnapshot">A snapshot.</typeparam>
/// <typeparam name="THandler">The engine's own code.</typeparam>
[SuppressMessage("Design", "CA1001", Justification = "Disposing cancels; the source lives as long as fetches may ask it.")]
public sealed partial class ResyncHandler<TProtocol, TSnapshot, THandler> : ITickHandler
    where TProtocol : struct, IVenueProtocol
    where TSnapshot : ISequencedSnapshot
    where THandler : IResyncHandler<TSnapshot>
{
    private readonly ISnapshotSource<TSnapshot> _source;
    private readonly TickChannel _channel;
    private readonly ResyncOptions _options;
    private readonly Random _random;
    private readonly StreamTable<ResyncStream?> _streams = new();
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Action<SymbolId, int, TimeSpan> _fetch;

    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler;
#pragma warning restore IDE0044
    private int _waiting;
    private long _overflows;
    private long _resyncs;

    /// <summary>Wraps a handler.</summary>
    /// <param name="handler">Called for snapshots, ticks and gaps.</param>
    /// <param name="source">Where snapshots come from.</param>
    /// <param name="channel">The channel of the deltas.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range; all that is wrong is named.</exception>
    public ResyncHandler(THandler handler, ISnapshotSource<TSnapshot> source, TickChannel channel, ResyncOptions? options = null)
        : this(handler, source, channel, options, fetch: null)
    {
    }

    internal ResyncHandler(
        THandler handler, ISnapshotSource<TSnapshot> source, TickChannel channel, ResyncOptions? options, Action<SymbolId, int, TimeSpan>? fetch)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(source);
        _options = options ?? new ResyncOptions();
        var check = new OptionsCheck();
        _options.Check(check);
        check.Throw();
        _handler = handler;
        _source = source;
        _channel = channel;
        _random = new Random(_options.JitterSeed ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        _fetch = fetch ?? StartFetch;
    }

    /// <summary>Times that more deltas came than wait, so that a resync started over.</summary>
    public long Overflows => Volatile.Read(ref _overflows);

    /// <summary>Snapshots delivered.</summary>
    public long Resyncs => Volatile.Read(ref _resyncs);

    /// <inheritdoc/>
    public void OnTick(in Tick tick)
    {
        if (Volatile.Read(ref _waiting) == 0)
        {
            Pass(in tick);
            return;
        }

        try
        {
            TakeAnswers();
        }
        finally
        {
            Pass(in tick);
        }
    }

    private void Pass(in Tick tick)
    {
        if (tick.Channel != _channel || _streams.At(tick.Symbol, _channel) is { State: ResyncState.Synced })
        {
            _handler.OnTick(in tick);
            return;
        }

        OnWaitingTick(in tick);
    }

    /// <inheritdoc/>
    public void OnGap(in Gap gap)
    {
        try
        {
            if (Volatile.Read(ref _waiting) != 0)
            {
                TakeAnswers();
            }
        }
        finally
        {
            PassGap(in gap);
        }
    }

    /// <summary>A handler that throws at a gap has missed ticks all the same.</summary>
    private void PassGap(in Gap gap)
    {
        try
        {
            _handler.OnGap(in gap);
        }
        finally
        {
            if (gap.Channel == _channel && gap.Lost != 0)
            {
                Begin(gap.Symbol, StreamOf(gap.Symbol), attempts: 0);
            }
        }
    }

    /// <summary>Builds a symbol anew: after a failure, or when a checksum does not fit. On the thread of the ticks.</summary>
    public void Resync(SymbolId symbol) => Begin(symbol, StreamOf(symbol), attempts: 0);

    /// <summary>Ends what is being fetched. To be called when the line is closed; ticks that come after that wait for ever.</summary>
    public void Close() => _closing.Cancel();

    /// <summary>What a fetch has brought; from any thread.</summary>
    internal void Post(SymbolId symbol, int generation, TSnapshot? snapshot, Exception? error)
    {
        _answers.Enqueue(new Answer(symbol, generation, snapshot, error));
        Interlocked.Increment(ref _waiting);
    }

    private ResyncStream StreamOf(SymbolId symbol) => _streams.At(symbol, _channel) ??= new ResyncStream();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnWaitingTick(in Tick tick)
    {
        ResyncStream stream = StreamOf(tick.Symbol);
        if (stream.State == ResyncState.Failed || !TProtocol.TryReadSequence(_channel, tick.Payload, out SequenceSpan span))
        {
            return;
        }

        if (stream.State == ResyncState.Unsynced)
        {
            Begin(tick.Symbol, stream, attempts: 0);
        }

        if (stream.State == ResyncState.Joining)
        {
            Join(in tick, stream, span);
            return;
        }

        if (stream.Buffer.Count == _options.MaxBuffered)
        {
            _overflows++;
            Begin(tick.Symbol, stream, stream.Attempts);
        }

        if (stream.State == ResyncState.Fetching)
        {
            stream.Keep(in tick, span);
        }
    }

    /// <summary>The first deltas after a snapshot: old ones are left out, and the first new one has to reach back to it.</summary>
    private void Join(in Tick tick, ResyncStream stream, SequenceSpan span)
    {
        if (span.Last <= stream.Snapshot)
        {
            return;
        }

        if (span.After > stream.Snapshot)
        {
            Begin(tick.Symbol, stream, stream.Attempts);
            if (stream.State == ResyncState.Fetching)
            {
                stream.Keep(in tick, span);
            }

            return;
        }

        stream.State = ResyncState.Synced;
        _handler.OnTick(in tick);
    }

    private readonly record struct Answer(SymbolId Symbol, int Generation, TSnapshot? Snapshot, Exception? Error);
}
