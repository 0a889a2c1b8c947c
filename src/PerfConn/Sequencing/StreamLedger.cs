using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Sequencing;

/// <summary>
/// The state of every symbol's streams, as arrays by symbol id: one row per channel, so that a line that carries one channel touches one
/// dense row (16 bytes a symbol; 8 more, of its status, while some stream is marked). It says of each tick whether it is the next, an old one, or the first after a gap, and of each stream whether it is live.
/// </summary>
/// <remarks>
/// Ticks are observed by the receive loop of one line, across its reconnects, one call at a time. Marks and questions may come from any thread. Allocates only when a row grows,
/// which a symbol's first tick may make it do.
/// </remarks>
internal sealed partial class StreamLedger
{
    private const int FirstRowSize = 1024;

    /// <summary>What all ledgers have before their first stream; a ledger that grows takes rows of its own.</summary>
    private static readonly StreamRecord[][] s_none = CreateRows<StreamRecord>();
    private static readonly long[][] s_noStatuses = CreateRows<long>();

    private static readonly SequenceRule[] s_noRules = new SequenceRule[TickChannel.Limit];

    /// <summary>Hashes that a venue cannot foresee.</summary>
    private static readonly ulong s_seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private readonly SequenceRule[] _rules;
    private readonly SequenceRule _lineRule;

    /// <summary>Held by whoever marks, so that a row does not grow under it, and by the receive loop while a row grows. Never on the way of an ordinary tick.</summary>
    private readonly Lock _marking = new();

    private StreamRecord[][] _rows = s_none;

    /// <summary>Statuses, as long as the rows. They change by compare-and-swap.</summary>
    private long[][] _statuses = s_noStatuses;

    /// <summary>How many streams are marked (<see cref="StreamStatus.IsMarked"/>): while none is, a tick looks at no status.</summary>
    private int _marked;

    /// <summary>Marks of streams that no row reaches yet: rows are the receive loop's to grow.</summary>
    private Dictionary<(SymbolId Symbol, TickChannel Channel), StreamStatus>? _early;

    /// <summary>The line's last number plus one; 0 before the first.</summary>
    private long _lineNext;

    /// <summary>The line's first number after its last gap.</summary>
    private long _lineResumed = -1;

    private StreamBreak _break;

    /// <summary>Made when it is asked for; a plain line does not, unless it rotates.</summary>
    private OverlapFilter? _overlap;

    /// <summary>A ledger for a line whose ticks have no numbers, or whose numbers are not looked at.</summary>
    public StreamLedger()
        : this(s_noRules, SequenceRule.None)
    {
    }

    private StreamLedger(SequenceRule[] rules, SequenceRule lineRule)
    {
        _rules = rules;
        _lineRule = lineRule;
    }

    /// <summary>Whether ticks have numbers that are looked at.</summary>
    public bool IsSequenced => _rules != s_noRules;

    /// <summary>What tells ticks without numbers apart while two connections overlap.</summary>
    public OverlapFilter Overlap => _overlap ?? LazyInitializer.EnsureInitialized(ref _overlap, static () => new OverlapFilter(s_seed));

    /// <summary>What is known of the gap that the last verdict told of.</summary>
    public ref readonly StreamBreak Break => ref _break;

    /// <summary>A ledger for a line of this protocol.</summary>
    public static StreamLedger For<TProtocol>()
        where TProtocol : struct, IVenueProtocol => new(SequenceRules<TProtocol>.OfChannels, TProtocol.LineRule);

    /// <summary>Judges a tick without a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StreamVerdict Observe(SymbolId symbol, TickChannel channel, long timestamp)
    {
        StreamRecord[] row = _rows[channel.Value];
        if ((uint)symbol.Value < (uint)row.Length)
        {
            ref StreamRecord record = ref row[symbol.Value];
            if (record.LastTimestamp != 0 && (Volatile.Read(ref _marked) == 0 || !IsMarked(symbol, channel)))
            {
                record.LastTimestamp = timestamp;
                return StreamVerdict.Accept;
            }
        }

        return Judge(symbol, channel, timestamp);
    }

    /// <summary>Judges a tick with its numbers. The next one of a stream, whatever the rule, takes three comparisons, and one more with the number of marked streams.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StreamVerdict Observe(SymbolId symbol, TickChannel channel, long timestamp, SequenceSpan span)
    {
        StreamRecord[] row = _rows[channel.Value];
        if ((uint)symbol.Value < (uint)row.Length)
        {
            ref StreamRecord record = ref row[symbol.Value];
            long next = record.Next;
            if (next > 0 && span.After < next && span.Last >= next && (Volatile.Read(ref _marked) == 0 || !IsMarked(symbol, channel)))
            {
                record.LastTimestamp = timestamp;
                record.Next = span.Last + 1;
                return StreamVerdict.Accept;
            }
        }

        return Judge(symbol, channel, timestamp, span);
    }

    /// <summary>Judges a message of a line that numbers its messages. A gap before it is a gap before the next tick of each stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StreamVerdict ObserveMessage(long timestamp, SequenceSpan span)
    {
        long next = _lineNext;
        if (span.After < next && span.Last >= next)
        {
            _lineNext = span.Last + 1;
            return StreamVerdict.Accept;
        }

        return JudgeMessage(timestamp, span);
    }

    private static T[][] CreateRows<T>()
    {
        var rows = new T[TickChannel.Limit][];
        Array.Fill(rows, []);
        return rows;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsMarked(SymbolId symbol, TickChannel channel) => new StreamStatus(Volatile.Read(ref _statuses[channel.Value][symbol.Value])).IsMarked;

    /// <summary>The receive loop's way to a record that may not be there yet.</summary>
    private ref StreamRecord RecordAt(SymbolId symbol, TickChannel channel)
    {
        Debug.Assert(symbol.IsValid, "a tick has a symbol");
        StreamRecord[] row = _rows[channel.Value];
        if ((uint)symbol.Value >= (uint)row.Length)
        {
            row = Grow(symbol, channel);
        }

        return ref row[symbol.Value];
    }

    private StreamRecord[] Grow(SymbolId symbol, TickChannel channel)
    {
        lock (_marking)
        {
            StreamRecord[][] rows = _rows == s_none ? CreateRows<StreamRecord>() : _rows;
            long[][] statuses = _statuses == s_noStatuses ? CreateRows<long>() : _statuses;
            StreamRecord[] row = rows[channel.Value];
            long[] status = statuses[channel.Value];
            int size = Math.Max(FirstRowSize, Math.Max(symbol.Value + 1, row.Length * 2));
            Array.Resize(ref row, size);
            Array.Resize(ref status, size);
            Enter(channel, status);

            // The statuses first: whoever finds a record finds its status.
            Volatile.Write(ref statuses[channel.Value], status);
            Volatile.Write(ref _statuses, statuses);
            Volatile.Write(ref rows[channel.Value], row);
            Volatile.Write(ref _rows, rows);
            return row;
        }
    }

    /// <summary>Changes a status, if it still is what it was. Every change goes through here, and so the marked ones are counted.</summary>
    private bool TryChange(ref long status, StreamStatus was, StreamStatus now)
    {
        // One too many for a moment is a look at a status; one too few would be a mark overlooked.
        bool isCounted = now.IsMarked && !was.IsMarked;
        if (isCounted)
        {
            Interlocked.Increment(ref _marked);
        }

        bool isChanged = Interlocked.CompareExchange(ref status, now.Word, was.Word) == was.Word;
        if (isChanged ? was.IsMarked && !now.IsMarked : isCounted)
        {
            Interlocked.Decrement(ref _marked);
        }

        return isChanged;
    }

    /// <summary>Takes over what was marked before the row reached so far.</summary>
    private void Enter(TickChannel channel, long[] row)
    {
        if (_early is null)
        {
            return;
        }

        foreach ((SymbolId symbol, TickChannel of) in new List<(SymbolId, TickChannel)>(_early.Keys))
        {
            if (of == channel && symbol.Value < row.Length && _early.Remove((symbol, of), out StreamStatus status))
            {
                row[symbol.Value] = status.Word;
                _ = status.IsMarked ? Interlocked.Increment(ref _marked) : 0;
            }
        }
    }
}
