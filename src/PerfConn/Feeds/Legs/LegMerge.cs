using System;
using System.Collections.Generic;
using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Feeds.Legs;

/// <summary>
/// Where the legs of a set meet: one lock, held while a tick is judged and delivered, because the handler is one and the receive loops are many. A single line has no such
/// lock; who takes two pays some 20 ns a tick for it.
/// </summary>
internal sealed class LegMerge<TProtocol, THandler> : ILegSink, IDisposable
    where TProtocol : struct, IVenueProtocol
    where THandler : ITickHandler
{
    private const int FirstRowSize = 1024;

    private readonly Lock _lock = new();
    private readonly LegOptions _options;
    private readonly TimeProvider _time;
    private readonly long _patience;
    private readonly LegStream[][] _rows = new LegStream[TickChannel.Limit][];
    private readonly SequenceRule[] _rules = new SequenceRule[TickChannel.Limit];
    private readonly HashSet<(SymbolId Symbol, TickChannel Channel)> _waiting = [];
    private readonly LegMeter[] _meters;
    private readonly ITimer _timer;

    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler;
#pragma warning restore IDE0044
    private ulong _up;
    private bool _isTimerSet;

    public LegMerge(int legs, THandler handler, LegOptions options)
    {
        _handler = handler;
        _options = options;
        _time = options.Line.TimeProvider;
        _patience = (long)(options.Patience.TotalSeconds * _time.TimestampFrequency);
        _meters = new LegMeter[legs];
        for (int leg = 0; leg < legs; leg++)
        {
            _meters[leg] = new LegMeter(_time.TimestampFrequency);
        }

        for (int channel = 0; channel < TickChannel.Limit; channel++)
        {
            _rows[channel] = [];
            _rules[channel] = TProtocol.RuleOf(new TickChannel((byte)channel));
        }

        _timer = _time.CreateTimer(static state => ((LegMerge<TProtocol, THandler>)state!).ExpireHeld(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ticks delivered.</summary>
    public long Ticks { get; private set; }

    /// <summary>Gap markers delivered: what no leg brought.</summary>
    public long Gaps { get; private set; }

    /// <summary>Exceptions that left the handler.</summary>
    public long HandlerFaults { get; private set; }

    /// <summary>The figures of a leg, read under the lock; the window's begin anew when asked.</summary>
    public (long Wins, long Repeats, TimeSpan MedianLag, long Samples) Read(int leg, bool startsOver)
    {
        lock (_lock)
        {
            return _meters[leg].Read(startsOver);
        }
    }

    public void OnUp(int leg, bool isUp)
    {
        lock (_lock)
        {
            ulong bit = 1UL << leg;
            _up = isUp ? _up | bit : _up & ~bit;
            if (isUp)
            {
                return;
            }

            foreach ((SymbolId symbol, TickChannel channel) in new List<(SymbolId, TickChannel)>(_waiting))
            {
                // Whoever waited for this leg may wait for nobody now.
                Drain(symbol, channel, now: long.MinValue);
            }
        }
    }

    public void OnGap(int leg, in Gap gap)
    {
        lock (_lock)
        {
            LegArbiter.Part(ref StreamAt(gap.Symbol, gap.Channel), leg, gap.Cause);
        }
    }

    public void OnTick(int leg, in Tick tick)
    {
        lock (_lock)
        {
            ref LegStream stream = ref StreamAt(tick.Symbol, tick.Channel);
            if (!TProtocol.TryReadSequence(tick.Channel, tick.Payload, out SequenceSpan span))
            {
                // Nothing to compare by: the first leg that is up is the one that counts.
                if ((_up & ((1UL << leg) - 1)) == 0)
                {
                    Deliver(leg, ref stream, in tick);
                }

                return;
            }

            long next = stream.Next;
            LegVerdict verdict = LegArbiter.Judge(ref stream, in _rules[tick.Channel.Value], leg, _up, span, isPatient: true);
            switch (verdict)
            {
                case LegVerdict.Repeat:
                    _meters[leg].OnRepeat(span.Last == next - 1 ? tick.ReceiveTimestamp - stream.LastTimestamp : -1);
                    break;
                case LegVerdict.Hold:
                    Hold(leg, ref stream, in tick, span);
                    break;
                default:
                    DeliverJudged(leg, ref stream, in tick, verdict, next, span);
                    break;
            }

            if (stream.Held is not null)
            {
                Drain(tick.Symbol, tick.Channel, now: long.MinValue);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void DeliverJudged(int leg, ref LegStream stream, in Tick tick, LegVerdict verdict, long next, SequenceSpan span)
    {
        if (verdict == LegVerdict.DeliverAfterGap)
        {
            Gaps++;
            var gap = new Gap(
                tick.Symbol,
                tick.Channel,
                stream.Cause,
                stream.LastTimestamp,
                tick.ReceiveTimestamp,
                LegArbiter.LostBefore(in _rules[tick.Channel.Value], next, span),
                next - 1,
                span.IsSnapshot || span.After < 0 ? span.Last : span.After + 1);
            try
            {
                _handler.OnGap(in gap);
            }
            catch (Exception)
            {
                HandlerFaults++;
            }
        }

        Deliver(leg, ref stream, in tick);
    }

    /// <summary>A handler that throws costs its own tick and nothing else.</summary>
    private void Deliver(int leg, ref LegStream stream, in Tick tick)
    {
        stream.LastTimestamp = tick.ReceiveTimestamp;
        _meters[leg].OnWin();
        Ticks++;
        try
        {
            _handler.OnTick(in tick);
        }
        catch (Exception)
        {
            HandlerFaults++;
        }
    }

    private void Hold(int leg, ref LegStream stream, in Tick tick, SequenceSpan span)
    {
        (stream.Held ??= new HeldTicks()).Add(new HeldTick(leg, span, tick.ReceiveTimestamp, tick.Payload.ToArray()));
        _waiting.Add((tick.Symbol, tick.Channel));
        if (!_isTimerSet)
        {
            _isTimerSet = true;
            _timer.Change(_options.Patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Delivers what need not wait any more. Under the lock.</summary>
    private void Drain(SymbolId symbol, TickChannel channel, long now)
    {
        ref LegStream stream = ref StreamAt(symbol, channel);
        while (stream.Held is { Count: > 0 } held)
        {
            DrainInOrder(ref stream, held, symbol, channel);
            if (held.Count == 0 || !IsVain(held, now))
            {
                break;
            }

            // Nobody brings what is missing before the lowest of them. It goes first, or what another leg has brought in between would be lost.
            LinkedListNode<HeldTick> lowest = held.Lowest();
            Judge(ref stream, held, lowest, symbol, channel, isPatient: false);
        }

        if (stream.Held is { Count: 0 })
        {
            stream.Held = null;
            _waiting.Remove((symbol, channel));
        }
    }

    /// <summary>Whether waiting is of no use any more: for too long, with too many, or because every leg that is up has gone past what is missing.</summary>
    private bool IsVain(HeldTicks held, long now) =>
        held.Count >= _options.HoldLimit
        || (now != long.MinValue && now - held.First!.Value.Timestamp >= _patience)
        || (held.Legs() & _up) == _up;

    private void DrainInOrder(ref LegStream stream, HeldTicks held, SymbolId symbol, TickChannel channel)
    {
        LinkedListNode<HeldTick>? node = held.First;
        while (node is not null)
        {
            LinkedListNode<HeldTick>? following = node.Next;

            // What is older and of another leg may follow on what has been delivered.
            node = Judge(ref stream, held, node, symbol, channel, isPatient: true) ? held.First : following;
        }
    }

    /// <summary>True when the tick has been delivered.</summary>
    private bool Judge(ref LegStream stream, HeldTicks held, LinkedListNode<HeldTick> node, SymbolId symbol, TickChannel channel, bool isPatient)
    {
        HeldTick tick = node.Value;
        long next = stream.Next;
        LegVerdict verdict = LegArbiter.Judge(ref stream, in _rules[channel.Value], tick.Leg, _up, tick.Span, isPatient);
        if (verdict == LegVerdict.Hold)
        {
            return false;
        }

        held.Remove(node);
        if (verdict == LegVerdict.Repeat)
        {
            _meters[tick.Leg].OnRepeat(-1);
            return false;
        }

        DeliverJudged(tick.Leg, ref stream, new Tick(symbol, channel, tick.Payload, tick.Timestamp), verdict, next, tick.Span);
        return true;
    }

    private void ExpireHeld()
    {
        lock (_lock)
        {
            _isTimerSet = false;
            long now = _time.GetTimestamp();
            foreach ((SymbolId symbol, TickChannel channel) in new List<(SymbolId, TickChannel)>(_waiting))
            {
                Drain(symbol, channel, now);
            }

            if (_waiting.Count > 0)
            {
                _isTimerSet = true;
                _timer.Change(_options.Patience / 4, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private ref LegStream StreamAt(SymbolId symbol, TickChannel channel)
    {
        ref LegStream[] row = ref _rows[channel.Value];
        if (symbol.Value >= row.Length)
        {
            Array.Resize(ref row, Math.Max(FirstRowSize, Math.Max(symbol.Value + 1, row.Length * 2)));
        }

        return ref row[symbol.Value];
    }
}
