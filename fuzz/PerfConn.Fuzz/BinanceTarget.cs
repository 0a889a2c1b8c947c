using System;
using PerfConn.Protocol;
using PerfConn.Venues.Binance;

namespace PerfConn.Fuzz;

/// <summary>Binance's messages. Oracle: every message is reported at least once, as something, and its spans lie inside it.</summary>
internal sealed class BinanceTarget : IFuzzTarget
{
    public string Name => "binance";

    public void Run(ReadOnlySpan<byte> input)
    {
        var sink = new Counter();
        default(BinanceProtocol).Read(input, ref sink);

        // An empty array of items is the one message that rightly says nothing.
        if (sink.Count == 0 && !input.Contains((byte)'['))
        {
            throw new OracleException("the message was passed over in silence");
        }
    }

    private struct Counter : IProtocolSink
    {
        public int Count { get; private set; }

        public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload) => Count++;

        public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => Count++;

        public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => Count++;

        public void OnShutdownNotice() => Count++;

        public void OnOther(ReadOnlySpan<byte> message) => Count++;
    }
}
