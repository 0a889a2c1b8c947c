using PerfConn.Protocol;
using PerfConn.Sequencing;
using PerfConn.Subscriptions;
using PerfConn.Symbols;

namespace PerfConn.Connections;

/// <content>Whether it is safe to act on a symbol now: asked of the ledger, which the receive loop writes as it goes.</content>
internal sealed partial class LineCore<TProtocol, TPipeline>
{
    public override Liveness StateOf(SymbolId symbol, TickChannel channel) => _ledger?.StateOf(symbol, channel) ?? default;

    public override Liveness StateOf(SymbolId symbol) => _ledger?.StateOf(symbol) ?? default;

    public override void MarkResyncing(SymbolId symbol, TickChannel channel, bool isResyncing) =>
        _ledger?.MarkResyncing(symbol, channel, isResyncing, _options.TimeProvider.GetTimestamp());

    public void OnStreamEntered(StreamName stream) => _ledger?.MarkSubscribed(stream.Symbol, stream.Channel, _options.TimeProvider.GetTimestamp());

    public void OnStreamBroken(StreamName stream) => _ledger?.MarkGap(stream.Symbol, stream.Channel, GapCause.Resubscribed);

    public void OnStreamLeft(StreamName stream) => _ledger?.MarkLeft(stream.Symbol, stream.Channel, _options.TimeProvider.GetTimestamp());
}
