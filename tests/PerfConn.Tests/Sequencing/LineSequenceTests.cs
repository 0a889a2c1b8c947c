using System;
using System.Buffers;
using System.Linq;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Examples;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using PerfConn.Venues.Binance;
using Xunit;

namespace PerfConn.Tests.Sequencing;

/// <summary>Numbers through the real pipeline: of lines (as Coinbase and FIX have them) and of Binance's streams.</summary>
public sealed class LineSequenceTests
{
    private readonly SymbolMap _symbols = new();
    private readonly LineCounters _counters = new();

    [Fact]
    public void A_missing_message_is_a_gap_before_the_next_tick_of_each_stream_and_a_repeated_one_is_not_read()
    {
        var handler = new RecordingHandler(_symbols);
        StreamLedger ledger = StreamLedger.For<GatewayProtocol>();
        TickPipeline<GatewayProtocol, RecordingHandler> pipeline = Pipeline<GatewayProtocol>(handler, ledger);
        Send(ref pipeline, 1, "0 BTC 1 ETH 2");
        Send(ref pipeline, 2, "1");
        Send(ref pipeline, 3, "1 BTC 666");
        Send(ref pipeline, 4, "4 BTC 3 BTC 4");
        Send(ref pipeline, 5, "5 XRP 5 ETH 6");
        Assert.Equal(["BTC 1", "ETH 2", "gap BTC Sequence -1", "BTC 3", "BTC 4", "XRP 5", "gap ETH Sequence -1", "ETH 6"], handler.Events);
        Assert.Equal((1, 2), (_counters.Duplicates, _counters.Gaps));
        Assert.Equal(new StreamBreak(GapCause.Sequence, 1, 1, 4, -1), ledger.Break);
    }

    [Fact]
    public void A_new_connection_counts_anew()
    {
        var handler = new RecordingHandler(_symbols);
        StreamLedger ledger = StreamLedger.For<GatewayProtocol>();
        TickPipeline<GatewayProtocol, RecordingHandler> pipeline = Pipeline<GatewayProtocol>(handler, ledger);
        Send(ref pipeline, 1, "7 BTC 1");
        ledger.BeginSession();
        Send(ref pipeline, 2, "0 BTC 2");
        Send(ref pipeline, 3, "1 BTC 3");
        Assert.Equal(["BTC 1", "BTC 2", "BTC 3"], handler.Events);
    }

    [Fact]
    public void Binance_trades_tell_exactly_what_is_missing()
    {
        var handler = new RecordingHandler(_symbols);
        StreamLedger ledger = StreamLedger.For<BinanceProtocol>();
        TickPipeline<BinanceProtocol, RecordingHandler> pipeline = Pipeline<BinanceProtocol>(handler, ledger);
        foreach (long id in (ReadOnlySpan<long>)[10, 11, 11, 9, 15, 16])
        {
            Send(ref pipeline, id, $$"""{"e":"trade","E":1672515782136,"s":"BNBBTC","t":{{id}},"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}""");
        }

        Assert.Equal(["10", "11", "gap BNBBTC Sequence 3", "15", "16"], handler.Events.Select(e => e.StartsWith("gap", StringComparison.Ordinal) ? e : e.Split("\"t\":")[1].Split(',')[0]));
        Assert.Equal(new StreamBreak(GapCause.Sequence, 11, 11, 15, 3), ledger.Break);
        Assert.Equal(2, _counters.Duplicates);
    }

    [Fact]
    public void Judging_allocates_nothing_whatever_the_verdict()
    {
        StreamLedger ledger = StreamLedger.For<BinanceProtocol>();
        var symbol = new SymbolId(1);
        long number = 0;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                ledger.Observe(symbol, BinanceChannels.Trade, i, SequenceSpan.Single(++number));
                ledger.Observe(symbol, BinanceChannels.Trade, i, SequenceSpan.Single(number));
                ledger.Observe(symbol, BinanceChannels.Trade, i, SequenceSpan.Single(number += 3));
                ledger.MarkGap(symbol, BinanceChannels.Trade);
            }
        });
    }

    private TickPipeline<TProtocol, RecordingHandler> Pipeline<TProtocol>(RecordingHandler handler, StreamLedger ledger)
        where TProtocol : struct, IVenueProtocol =>
        new(_symbols, handler, ledger, _counters, new FaultObserver(NullLogger.Instance, TimeProvider.System), new NoControl());

    private static void Send<TProtocol>(ref TickPipeline<TProtocol, RecordingHandler> pipeline, long timestamp, string message)
        where TProtocol : struct, IVenueProtocol
    {
        pipeline.BeginRead(timestamp, null);
        pipeline.OnMessage(Encoding.ASCII.GetBytes(message), isText: true);
    }

    private sealed class NoControl : ISessionControl
    {
        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }

        public void OnAccepted(long requestId, ReadOnlySpan<byte> result)
        {
        }

        public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
        {
        }

        public void OnShutdownNotice()
        {
        }
    }
}
