using System;
using System.Buffers;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Sequencing;
using PerfConn.Symbols;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab.Contestants;

/// <summary>A blocking loop around PerfConn's parser, protocol, symbol map and handler: what a line can reach without its life around it.</summary>
internal sealed class ParseLoop(ContestantArguments arguments) : IContestant
{
    private readonly LineCounters _counters = new();

    public long Messages => Volatile.Read(ref _counters.Ticks);

    public Task StartAsync()
    {
        (_, Stream stream) = BareSocket.Open(arguments.Url);
        BareSocket.RunOnThread(() => Run(stream));
        return Task.CompletedTask;
    }

    private void Run(Stream stream)
    {
        var pipeline = new TickPipeline<BinanceProtocol, NoHandler>(
            new SymbolMap(ignoreCase: true), default, new StreamLedger(), _counters, new FaultObserver(NullLogger.Instance, TimeProvider.System), new NoControl());
        var parser = new WebSocketFrameParser<ClientRole>(FrameLimits.Default);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BlockPool.DefaultBlockSize, pinned: true);
        int rest = 0;
        while (stream.Read(buffer.AsSpan(rest)) is var read and > 0)
        {
            int end = rest + read;
            pipeline.BeginRead(TimeProvider.System.GetTimestamp(), null);
            var sequence = new ReadOnlySequence<byte>(buffer, 0, end);
            parser.Parse(sequence, ref pipeline, out SequencePosition consumed);
            rest = (int)sequence.Slice(consumed).Length;
            buffer.AsSpan(end - rest, rest).CopyTo(buffer);
        }
    }
}
