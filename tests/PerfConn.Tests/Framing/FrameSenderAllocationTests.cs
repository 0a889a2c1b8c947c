using System;
using System.IO.Pipelines;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Framing;

/// <summary>A message sent allocates nothing, whoever sends and however long it waits. Counted over the whole process, exactly.</summary>
[Collection(AloneCollection.Name)]
public sealed class FrameSenderAllocationTests
{
    /// <summary>Schedulers inline: the pipe's own, on the thread pool, allocate per write.</summary>
    private static readonly PipeOptions s_oneAtATime = new(
        pauseWriterThreshold: 1, resumeWriterThreshold: 1, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private static readonly byte[] s_message = Wire.Bytes(100);

    [Fact]
    public async Task A_sender_that_awaits_each_send_over_memory()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task draining = Task.Run(() => DrainAsync(server.Input));
        await AssertZeroAsync(Sending.Over(client), senders: 1);
        await client.DisposeAsync();
        await Deadline.Within(draining);
    }

    /// <summary>Every write of the pipe waits for its reader, so every send waits for a flush, and most for a flush of somebody else's.</summary>
    [Fact]
    public async Task Concurrent_senders_that_wait_for_each_others_flush()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair(options: s_oneAtATime);
        Task draining = Task.Factory.StartNew(() => Drain(server.Input), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await AssertZeroAsync(Sending.Over(client), senders: 8);
        await client.DisposeAsync();
        await Deadline.Within(draining);
    }

    [Fact]
    public async Task Senders_that_wait_for_room()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair(options: s_oneAtATime);
        Task draining = Task.Factory.StartNew(() => Drain(server.Input), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var sender = new FrameSender(client, new WebSocketFrameEncoder(new MaskKeys()), Sending.Address, new SendLimits { MaxPendingBytes = 300 });
        await AssertZeroAsync(sender, senders: 8);
        await client.DisposeAsync();
        await Deadline.Within(draining);
    }

    [Theory]
    [InlineData(ReceiveMode.Async, 1)]
    [InlineData(ReceiveMode.Async, 4)]
    [InlineData(ReceiveMode.Thread, 1)]
    [InlineData(ReceiveMode.Thread, 4)]
    public async Task Senders_over_a_real_socket(ReceiveMode mode, int senders)
    {
        using TcpListener listener = Loopback.Listen();
        var endpoint = new Endpoint(new Uri($"ws://127.0.0.1:{listener.Port()}/")) { ReceiveMode = mode };
        ITransport transport = await new SocketTransportFactory().ConnectAsync(endpoint, Deadline.Token);
        using Socket server = await listener.AcceptSocketAsync();
        var draining = new Thread(() => Drain(server)) { IsBackground = true };
        draining.Start();
        await AssertZeroAsync(Sending.Over(transport), senders);
        await transport.Input.CompleteAsync();
        await transport.DisposeAsync();
        Assert.True(draining.Join(TimeSpan.FromSeconds(20)));
    }

    private static async Task AssertZeroAsync(FrameSender sender, int senders)
    {
        var meter = new Meter();
        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() => SendAsync(sender, meter)))));
        Assert.Equal(0, meter.Best);
    }

    private static async Task SendAsync(FrameSender sender, Meter meter)
    {
        while (!meter.IsDone)
        {
            await sender.SendAsync(Wire.Binary, s_message).ConfigureAwait(false);
            meter.Count();
        }
    }

    private static async Task DrainAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync().ConfigureAwait(false);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Looks again and again instead of waiting, so that it is not run by the writer's flush.</summary>
    private static void Drain(PipeReader reader)
    {
        bool isCompleted = false;
        while (!isCompleted)
        {
            if (reader.TryRead(out ReadResult read))
            {
                reader.AdvanceTo(read.Buffer.End);
                isCompleted = read.IsCompleted;
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private static void Drain(Socket socket)
    {
        byte[] buffer = new byte[256 * 1024];
        try
        {
            while (socket.Receive(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset at the end: as good as any.
        }
    }

    /// <summary>
    /// Reads the process's counter at the ends of stretches of 10,000 sends, after a warm-up of 20,000, and keeps the best of at least ten: three times a second or so
    /// the runtime or the test host allocates something of its own in one stretch; a send that allocated would in all.
    /// </summary>
    private sealed class Meter
    {
        private const int Stretch = 10_000;
        private const int WarmUp = 20_000;
        private const int Least = 120_000;
        private const int Most = 300_000;

        private long _sends;
        private long _before;

        public bool IsDone { get; private set; }

        public long Best { get; private set; } = long.MaxValue;

        public void Count()
        {
            long count = Interlocked.Increment(ref _sends);
            if (count % Stretch == 0)
            {
                long now = GC.GetTotalAllocatedBytes(precise: true);
                Best = count <= WarmUp ? Best : Math.Min(Best, now - _before);
                IsDone = count >= (Best == 0 ? Least : Most);
                _before = GC.GetTotalAllocatedBytes(precise: true);
            }
        }
    }
}
