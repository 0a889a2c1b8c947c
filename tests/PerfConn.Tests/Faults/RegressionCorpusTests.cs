using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.Faults;

/// <summary>Rows of the corpus of known vulnerabilities (RELIABILITY A2) that no other test stands for. The README beside this file lists them all.</summary>
public sealed class RegressionCorpusTests
{
    /// <summary>CVE-2018-8409: denial of service in System.IO.Pipelines 4.5.0.</summary>
    [Fact]
    public void Pipelines_are_those_of_the_runtime() => Assert.InRange(typeof(Pipe).Assembly.GetName().Version!.Major, 10, int.MaxValue);

    /// <summary>CVE-2018-8409: what a peer sends and nobody reads is held back, not kept.</summary>
    [Fact]
    public async Task A_pipe_that_nobody_reads_holds_its_writer_at_a_bound()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        int written = 0;
        while (written < 16 * 1024 * 1024)
        {
            ValueTask<FlushResult> write = server.Output.WriteAsync(new byte[4096]);
            written += 4096;
            if (!write.IsCompleted)
            {
                break;
            }

            await write;
        }

        Assert.InRange(written, 4096, 64 * 1024);
        client.Abort();
    }

    /// <summary>
    /// CVE-2026-45736: a Close that carried memory which nobody had written. Every byte that goes out was written this time: a short pong after a long one, a Close
    /// with a reason and one without.
    /// </summary>
    [Fact]
    public async Task Control_frames_carry_what_they_were_given_and_nothing_else()
    {
        var pipe = new Pipe(new PipeOptions(pool: new PoisonedPool(), useSynchronizationContext: false));
        FrameSender sender = SenderTo(pipe);
        sender.SendPong(Enumerable.Repeat((byte)'L', 125).ToArray());
        await Deadline.Within(sender.SendAsync(Ping, default).AsTask());
        sender.SendPong("abc"u8);
        byte[] payload = new byte[125];
        payload.AsSpan().Fill(0xDD);
        await Deadline.Within(sender.SendAsync(Close, payload.AsSpan(0, CloseFrame.Write(payload, 1000, "bye"))).AsTask());
        FrameSender another = SenderTo(pipe);
        await Deadline.Within(another.SendAsync(Close, default).AsTask());
        await pipe.Writer.CompleteAsync();

        ReadResult read = await pipe.Reader.ReadAtLeastAsync(1000, Deadline.Token);
        byte[] all = read.Buffer.ToArray();
        Assert.Equal(127 + 2 + 5 + 7 + 2, all.Length);
        Assert.DoesNotContain((byte)0xDD, all);
        Assert.Contains(Convert.ToHexString([0x8A, 3, .. "abc"u8]), Convert.ToHexString(all), StringComparison.Ordinal);
        Assert.EndsWith(Convert.ToHexString([0x88, 5, 3, 232, .. "bye"u8, 0x88, 0]), Convert.ToHexString(all), StringComparison.Ordinal);
    }

    private static FrameSender SenderTo(Pipe pipe) =>
        new(new HalfTransport(new Pipe().Reader, pipe.Writer), new WebSocketFrameEncoder(keys: null), new Uri("ws://venue.test/"));

    private const byte Ping = (byte)ControlFrame.Ping;

    private const byte Close = (byte)ControlFrame.Close;

    /// <summary>Its memory is full of what must not be seen.</summary>
    private sealed class PoisonedPool : MemoryPool<byte>
    {
        public override int MaxBufferSize => int.MaxValue;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            byte[] bytes = new byte[Math.Max(minBufferSize, 4096)];
            bytes.AsSpan().Fill(0xDD);
            return new Owner(bytes);
        }

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Owner(byte[] bytes) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory => bytes;

            public void Dispose()
            {
            }
        }
    }
}
