using System;
using System.Runtime.CompilerServices;
using System.Threading;
using PerfConn.Dispatch;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Running;

/// <summary>
/// What <c>demo</c> does with a tick: reads the whole trade, as a strategy would, takes its age, and checks that trade ids leave nothing out that no gap
/// marker has announced. One thread calls it; any may read its figures.
/// </summary>
internal sealed class TradeRecorder(WallClock clock, int symbols)
{
    /// <summary>In place of a last trade id: a gap has been announced, any id may follow.</summary>
    private const long Anything = -1;

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
            OnJump(last, tick.ReceiveTimestamp);
        }

        last = trade.TradeId;
        Ages.Record(trade.EventTime * 1000, tick.ReceiveTimestamp);
    }

    public void OnGap(in Gap gap)
    {
        if ((uint)gap.Symbol.Value < (uint)_lastTradeIds.Length)
        {
            _lastTradeIds[gap.Symbol.Value] = Anything;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnJump(long last, long timestamp)
    {
        switch (last)
        {
            case Anything:
                break;
            case 0:
                Volatile.Write(ref _symbolsSeen, _symbolsSeen + 1);
                if (_firstTimestamp == 0)
                {
                    Volatile.Write(ref _firstTimestamp, timestamp);
                }

                break;
            default:
                Volatile.Write(ref _gapsUnannounced, _gapsUnannounced + 1);
                break;
        }
    }
}
