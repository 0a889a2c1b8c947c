using System;
using System.Buffers;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket.Compression;

/// <summary>What inflating costs, and what happens to those who dispose in the midst of it.</summary>
public sealed class MessageInflaterTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hundred_thousand_messages_inflated_allocate_nothing(bool keepsContext)
    {
        const int PerBlock = 1000;
        using var peer = new PeerDeflater(keepsContext);
        byte[] block = Wire.Join([.. Enumerable.Range(0, PerBlock).Select(i => peer.Message(Wire.Text, Encoding.ASCII.GetBytes(
            $$"""{"u":{{400900217 + i}},"s":"BTCUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}""")))]);

        // The window is a stream of its own each time round: a final block ends it, and the next round begins anew.
        byte[] fresh = PeerDeflater.Frames(Wire.Text, [0x03, 0x00]);
        byte[] script = Wire.Join(block, fresh);
        var parser = new WebSocketFrameParser<ClientRole>(FrameLimits.Default, new MessageInflater(keepsContext, 15, FrameLimits.Default));
        var sink = new SizeSink();
        bool isRead = true;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                isRead &= parser.Parse(new ReadOnlySequence<byte>(script, 0, script.Length / 3), ref sink, out SequencePosition consumed) == FrameFault.None;
                int at = consumed.GetInteger();
                isRead &= parser.Parse(new ReadOnlySequence<byte>(script, at, script.Length - at), ref sink, out _) == FrameFault.None;
            }
        });
        parser.Dispose();

        Assert.True(isRead);
        Assert.Equal(200 * (PerBlock + 1), sink.Messages);
    }

    /// <summary>
    /// A peer that refers further back than agreed. zlib looks at the window only for what an earlier call has written, so whether it refuses hangs on how the bytes arrive;
    /// what it lets pass is right all the same, and costs no memory beyond the message's own.
    /// </summary>
    [Fact]
    public void A_distance_beyond_the_agreed_window_is_refused_or_read_right()
    {
        var random = new SplitMix(9);
        byte[] half = [.. Enumerable.Range(0, 2000).Select(_ => (byte)random.Below(256))];
        byte[] message = [.. half, .. half];
        using var peer = new PeerDeflater();
        byte[] deflated = peer.Deflate(message);
        int read = 0;
        int refused = 0;
        for (int cut = 0; cut <= deflated.Length; cut++)
        {
            using var inflater = new MessageInflater(keepsContext: true, windowBits: 9, FrameLimits.Default);
            inflater.Begin(isText: false);
            FrameFault fault = inflater.Append(deflated.AsSpan(0, cut));
            fault = fault == FrameFault.None ? inflater.Append(deflated.AsSpan(cut)) : fault;
            fault = fault == FrameFault.None ? inflater.Finish() : fault;
            if (fault == FrameFault.None)
            {
                read++;
                Assert.True(inflater.Message.SequenceEqual(message), $"cut at {cut}");
            }
            else
            {
                refused++;
                Assert.Equal(FrameFault.InvalidDeflate, fault);
            }
        }

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Long_messages_are_put_together_out_of_pooled_chunks()
    {
        using var peer = new PeerDeflater();
        int[] lengths = [16_383, 16_384, 16_385, 81_919, 81_920, 81_921, 1_000_000, 5];
        byte[] round = Wire.Join([.. lengths.Select(length => peer.Message(Wire.Binary, Wire.Bytes(length))), PeerDeflater.Frames(Wire.Binary, [0x03, 0x00])]);
        ParserOutcome outcome = Feeder.Feed(Client(), round, [], Feeding.ContiguousReads);
        Assert.Equal(lengths.Append(0).Select(length => RecordingSink.Message(Wire.Bytes(length), false)), outcome.Events);

        WebSocketFrameParser<ClientRole> parser = Client();
        var sink = new SizeSink();
        AllocationBudget.AssertZero(() => parser.Parse(new ReadOnlySequence<byte>(round), ref sink, out _));
        parser.Dispose();
        Assert.Equal(2 * (lengths.Length + 1), sink.Messages);
    }

    [Fact]
    public void A_lease_on_an_inflated_message_is_a_copy_that_outlives_it()
    {
        using var peer = new PeerDeflater();
        byte[] script = Wire.Join(peer.Message(Wire.Text, "first"u8), peer.Message(Wire.Text, "other"u8));
        var pool = new BlockPool(4096);
        var leases = new CopyingLeaseSource(pool);
        var sink = new LeasingSink(leases, new FrameLease[2]);
        WebSocketFrameParser<ClientRole> parser = Client();
        _ = parser.Parse(new ReadOnlySequence<byte>(script), ref sink, out _);
        parser.Dispose();

        Assert.Equal("first", Encoding.ASCII.GetString(sink.Leases[0].Span));
        Assert.Equal("other", Encoding.ASCII.GetString(sink.Leases[1].Span));
        sink.Leases[0].Dispose();
        sink.Leases[1].Dispose();
        leases.Trim();
        Assert.Equal(0, pool.Outstanding);
    }

    /// <summary>dotnet/runtime#86960: a dispose that raced a call freed the memory under it. Here the call ends, and the next one throws.</summary>
    [Fact]
    public async Task A_dispose_may_come_at_any_moment()
    {
        const int Batches = 500;
        const int Batch = 200;
        using var peer = new PeerDeflater(keepsContext: false);
        byte[] deflated = peer.Deflate(Wire.MixedText(600));
        var random = new SplitMix(86960);
        int ended = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            MessageInflater[] inflaters = [.. Enumerable.Range(0, Batch).Select(_ => new MessageInflater(true, 9, FrameLimits.Default))];
            Task disposing = Task.Run(() =>
            {
                foreach (MessageInflater inflater in inflaters)
                {
                    Thread.SpinWait(random.Below(100));
                    inflater.Dispose();
                }
            });
            foreach (MessageInflater inflater in inflaters)
            {
                ended += InflateUntilDisposed(inflater, deflated);
            }

            await Deadline.Within(disposing);
        }

        Assert.Equal(Batches * Batch, ended);
    }

    private static int InflateUntilDisposed(MessageInflater inflater, byte[] deflated)
    {
        try
        {
            while (true)
            {
                inflater.Begin(isText: true);
                Assert.Equal(FrameFault.None, inflater.Append(deflated));
                Assert.Equal(FrameFault.None, inflater.Finish());
                Assert.Equal(600, inflater.Message.Length);
                inflater.End();
            }
        }
        catch (ObjectDisposedException)
        {
            return 1;
        }
    }

    private static WebSocketFrameParser<ClientRole> Client() => new(FrameLimits.Default, new MessageInflater(true, 15, FrameLimits.Default));

    private readonly struct LeasingSink(ILeaseSource source, FrameLease[] leases) : IFrameSink
    {
        public FrameLease[] Leases { get; } = leases;

        public void OnMessage(ReadOnlySpan<byte> payload, bool isText)
        {
            int at = Leases[0] == default ? 0 : 1;
            Leases[at] = source.Lease(payload);
        }

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }
    }
}
