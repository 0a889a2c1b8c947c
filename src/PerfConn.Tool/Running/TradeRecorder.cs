using System;
using System.Runtime.CompilerServices;
using System.Threading;
using PerfConn.Dispatch;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Running;

/// <summary>
/// What <c>demo</c> does with a tick: reads the whole trade, as a strategy would, takes its age, and checks that trade ids leave nothing out that no gap
/// marker has announced. One thread calls it; any may read its figures.
/// </summary>
internal sealed class TradeRecorder(WallClock clock, int symbols)
{
    private readonly long[] _firstTradeIds = new long[symbols];

    /// <summary>The last id; its complement once a gap has been announced after it, so that the next trade is looked at whatever its id.</summary>
    private readonly long[] _lastTradeIds = new long[symbols];
    private long _firstTimestamp;
    private long _gapsUnannounced;
    private long _unreadable;
    private int _symbolsSeen;

    public DataAgeMeter Ages { get; } = new(clock);

    /// <summary>When the first tick was received; 0 before it.</summary>
    public long FirstTimestamp => Volatile.Read(ref _firstTimestamp);

    /// <summary>Trade ids that do not follow on the last one although no gap was announced.</summary>
    public long GapsUnannounced => Volatile.Read(ref _gapsUnannounced);

    /// <summary>Ticks that are no trades.</summary>
    public long Unreadable => Volatile.Read(ref _unreadable);

    /// <summary>Symbols that have ticked.</summary>
    public int SymbolsSeen => Volatile.Read(ref _symbolsSeen);

    public void OnTick(in Tick tick)
    {
        int symbol = tick.Symbol.Value;
        if (!Trade.TryRead(in tick, out Trade trade) || (uint)symbol >= (uint)_lastTradeIds.Length)
        {
            _unreadable++;
            return;
        }

        ref long last = ref _lastTradeIds[symbol];
        if (last != trade.TradeId - 1)
        {
            OnJump(symbol, last, trade.TradeId, tick.ReceiveTimestamp);
        }

        last = trade.TradeId;
        Ages.Record(trade.EventTime * 1000, tick.ReceiveTimestamp);
    }

    public void OnGap(in Gap gap)
    {
        if ((uint)gap.Symbol.Value < (uint)_lastTradeIds.Length)
        {
            ref long last = ref _lastTradeIds[gap.Symbol.Value];
            last = last > 0 ? ~last : last;
        }
    }

    /// <summary>The first and the last trade of a symbol; 0 and 0 without one. What is missing between the two has been announced, or stands in <see cref="GapsUnannounced"/>.</summary>
    public (long First, long Last) TradesOf(SymbolId symbol)
    {
        long last = Volatile.Read(ref _lastTradeIds[symbol.Value]);
        return (_firstTradeIds[symbol.Value], last < 0 ? ~last : last);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnJump(int symbol, long last, long next, long timestamp)
    {
        if (last == 0)
        {
            _firstTradeIds[symbol] = next;
            Volatile.Write(ref _symbolsSeen, _symbolsSeen + 1);
            if (_firstTimestamp == 0)
            {
                Volatile.Write(ref _firstTimestamp, timestamp);
            }
        }
        else if (last > 0 || next <= ~last)
        {
            // Not announced; or announced, and then a trade that had come before.
            Volatile.Write(ref _gapsUnannounced, _gapsUnannounced + 1);
        }
    }
}
