using System;
using System.Collections.Generic;
using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Sequencing;

/// <content>What others than ticks say of streams. Any thread.</content>
internal sealed partial class StreamLedger
{
    /// <summary>The next tick of this stream comes after a gap. A gap that is pending already stays as it is: one range, one marker.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="channel">The stream of that symbol.</param>
    /// <param name="cause">Why.</param>
    /// <param name="timestamp">Since when; 0 for as long as the line has been down, or else since the last tick.</param>
    public void MarkGap(SymbolId symbol, TickChannel channel, GapCause cause = GapCause.Reconnected, long timestamp = 0)
    {
        lock (_marking)
        {
            StreamRecord[] row = _rows[channel.Value];
            if (symbol.Value < row.Length)
            {
                Mark(ref row[symbol.Value], ref _statuses[channel.Value][symbol.Value], cause, timestamp);
                return;
            }

            StreamStatus status = EarlyOf(symbol, channel);
            if (!status.IsPending)
            {
                SetEarly(symbol, channel, StreamStatus.Gap(cause, SinceOf(timestamp, 0), status.IsResyncing));
            }
        }
    }

    /// <summary>The next tick of every stream that has ticked, or is awaited, comes after a gap.</summary>
    public void MarkGapInAllSeen(GapCause cause = GapCause.Reconnected, long timestamp = 0) => MarkAll(cause, timestamp, lineNext: 0);

    /// <summary>A new connection begins: what counts anew with each has no number yet. Between two sessions, or on the receive loop.</summary>
    public void BeginSession()
    {
        if (_lineRule.RestartsWithConnection)
        {
            _lineNext = 0;
        }

        for (int channel = 0; channel < _rules.Length; channel++)
        {
            if (_rules[channel].RestartsWithConnection)
            {
                foreach (ref StreamRecord record in _rows[channel].AsSpan())
                {
                    record.Next = 0;
                }
            }
        }
    }

    /// <summary>
    /// The stream has been silent for longer than it should be. It is live again at its next tick, which comes after a gap unless its number proves that nothing is missing: what was
    /// kept back for so long nobody knows.
    /// </summary>
    public void MarkStale(SymbolId symbol, TickChannel channel, long timestamp) => Change(symbol, channel, static (was, now) =>
        was.State is StreamStatus.Live or StreamStatus.Awaited ? was.To(StreamStatus.Stale, now) : was, timestamp);

    /// <summary>The stream is subscribed to: its first tick is awaited. One that was left, and comes back, has a gap.</summary>
    public void MarkSubscribed(SymbolId symbol, TickChannel channel, long timestamp) => Change(symbol, channel, static (was, now) => was.State switch
    {
        StreamStatus.Unknown => was.To(StreamStatus.Awaited, now),
        StreamStatus.Left => was.To(StreamStatus.Pending + (int)GapCause.Resubscribed, was.Since),
        _ => was,
    }, timestamp);

    /// <summary>The stream is subscribed to no longer.</summary>
    public void MarkLeft(SymbolId symbol, TickChannel channel, long timestamp) => Change(symbol, channel, static (was, now) =>
        was.State == StreamStatus.Left ? was : was.To(StreamStatus.Left, now), timestamp);

    /// <summary>Somebody rebuilds what depends on this stream; until that is done it is not live, although it ticks.</summary>
    public void MarkResyncing(SymbolId symbol, TickChannel channel, bool isResyncing, long timestamp) =>
        Change(symbol, channel, isResyncing ? Begin : End, timestamp);

    private static StreamStatus Begin(StreamStatus was, long now) => was.IsResyncing ? was : new StreamStatus(was.State, now, isResyncing: true);

    private static StreamStatus End(StreamStatus was, long now) => was.IsResyncing ? new StreamStatus(was.State, now, isResyncing: false) : was;

    private void Change(SymbolId symbol, TickChannel channel, Func<StreamStatus, long, StreamStatus> change, long timestamp)
    {
        lock (_marking)
        {
            long[] row = _statuses[channel.Value];
            if (symbol.Value >= row.Length)
            {
                SetEarly(symbol, channel, change(EarlyOf(symbol, channel), timestamp));
                return;
            }

            ref long status = ref row[symbol.Value];
            StreamStatus was;
            do
            {
                was = new StreamStatus(Volatile.Read(ref status));
            }
            while (!TryChange(ref status, was, change(was, timestamp)));
        }
    }

    private void MarkAll(GapCause cause, long timestamp, long lineNext)
    {
        lock (_marking)
        {
            for (int channel = 0; channel < _rows.Length; channel++)
            {
                bool hasNumbers = _rules[channel].Kind != SequenceKind.None;
                StreamRecord[] row = _rows[channel];
                for (int symbol = 0; symbol < row.Length; symbol++)
                {
                    ref StreamRecord record = ref row[symbol];
                    ref long status = ref _statuses[channel][symbol];
                    if (record.LastTimestamp == 0 && new StreamStatus(Volatile.Read(ref status)).State == StreamStatus.Unknown)
                    {
                        continue;
                    }

                    if (Mark(ref record, ref status, cause, timestamp) && lineNext > 0 && !hasNumbers)
                    {
                        record.Next = lineNext;
                    }
                }
            }

            if (_early is not null)
            {
                foreach ((SymbolId, TickChannel) stream in new List<(SymbolId, TickChannel)>(_early.Keys))
                {
                    StreamStatus status = _early[stream];
                    _early[stream] = status.State == StreamStatus.Awaited ? StreamStatus.Gap(cause, SinceOf(timestamp, 0), status.IsResyncing) : status;
                }
            }
        }
    }

    /// <summary>True when the stream had no gap pending, and has one now.</summary>
    private bool Mark(ref StreamRecord record, ref long status, GapCause cause, long timestamp)
    {
        while (true)
        {
            var was = new StreamStatus(Volatile.Read(ref status));
            if (was.IsPending || was.State == StreamStatus.Left)
            {
                return false;
            }

            StreamStatus now = StreamStatus.Gap(cause, SinceOf(timestamp, Volatile.Read(ref record.LastTimestamp)), was.IsResyncing);
            if (TryChange(ref status, was, now))
            {
                return true;
            }
        }
    }

    private StreamStatus EarlyOf(SymbolId symbol, TickChannel channel) => _early is not null && _early.TryGetValue((symbol, channel), out StreamStatus status) ? status : default;

    private void SetEarly(SymbolId symbol, TickChannel channel, StreamStatus status) => (_early ??= [])[(symbol, channel)] = status;
}
