using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Tests.Framing;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Transport;

/// <summary>A receive loop in miniature: reads a transport, parses, and writes down what comes.</summary>
internal sealed class TransportReading<TParser>(ITransport transport, TParser parser)
    where TParser : struct, IFrameParser
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly List<string> _events = [];
    private readonly StrongBox<TParser> _parser = new(parser);

    /// <summary>Reads until so many events have come; gives all so far.</summary>
    public async Task<List<string>> UntilAsync(int count)
    {
        while (_events.Count < count)
        {
            Assert.True(await ReadAsync() || _events.Count >= count, "the stream ended early");
        }

        return _events;
    }

    /// <summary>Reads to the end of the stream; gives all events.</summary>
    public async Task<List<string>> ToEndAsync()
    {
        while (await ReadAsync())
        {
        }

        return _events;
    }

    private async Task<bool> ReadAsync()
    {
        ReadResult read = await transport.Input.ReadAsync().AsTask().WaitAsync(s_deadline);
        var sink = new RecordingSink(_events);
        Assert.Equal(FrameFault.None, _parser.Value.Parse(read.Buffer, ref sink, out SequencePosition consumed));
        transport.Input.AdvanceTo(consumed, read.Buffer.End);
        return !read.IsCompleted;
    }
}
