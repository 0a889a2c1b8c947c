using System;
using System.Diagnostics;
using System.Linq;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Framing;

/// <summary>A peer that never reads, on real sockets with small buffers (RELIABILITY B02, D19, D30).</summary>
public sealed class WriteSideSocketTests(ITestOutputHelper log)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMilliseconds(300);

    public static TheoryData<ReceiveMode, bool> Modes => new()
    {
        { ReceiveMode.Async, false },
        { ReceiveMode.Async, true },
        { ReceiveMode.Thread, false },
        { ReceiveMode.Thread, true },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_send_of_64_MB_to_a_peer_that_never_reads_fails_by_its_deadline_and_cuts_the_line(ReceiveMode mode, bool tls)
    {
        await using Pair pair = await Pair.OpenAsync(mode, tls);
        var sender = new FrameSender(pair.Transport, new PerfConn.Framing.WebSocket.WebSocketFrameEncoder(null), Sending.Address, new SendLimits { Deadline = s_deadline });
        byte[] huge = new byte[64_000_000];
        long start = Stopwatch.GetTimestamp();
        ValueTask asked = sender.SendAsync(Wire.Binary, huge.AsMemory());
        TimeSpan blocked = Stopwatch.GetElapsedTime(start);
        Task behind = sender.SendAsync(Wire.Text, "behind"u8).AsTask();

        SendTimeoutException late = await Assert.ThrowsAsync<SendTimeoutException>(() => Deadline.Within(asked.AsTask()));
        log.WriteLine($"{mode} {(tls ? "wss" : "ws")}: failed after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms (deadline 300); the caller was held for {blocked.TotalMilliseconds:0} ms");

        Assert.Same(late, await Assert.ThrowsAsync<SendTimeoutException>(() => Deadline.Within(behind)));
        Assert.InRange(late.PendingBytes, 60_000_000, 64_000_100);

        // The line is cut, not only its write side: a read that waits ends.
        await Assert.ThrowsAnyAsync<Exception>(() => Deadline.Within(pair.Transport.Input.ReadAsync().AsTask()));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Nobody_is_held_who_sends_or_pongs_while_the_peer_does_not_read(ReceiveMode mode, bool tls)
    {
        await using Pair pair = await Pair.OpenAsync(mode, tls);
        FrameSender sender = Sending.Over(pair.Transport);
        Task blocked = sender.SendAsync(Wire.Binary, new byte[8_000_000].AsMemory()).AsTask();

        // Were one of these to wait for the socket, it would be for the default deadline of 10 s, and the test's would pass.
        var caller = new Thread(() =>
        {
            sender.SendPong("first"u8);
            Assert.Equal(SendOutcome.Full, sender.TrySend(Wire.Text, "behind"u8));
            _ = sender.SendAsync(Wire.Text, "behind"u8);
            sender.SendPong("last"u8);
        });
        long start = Stopwatch.GetTimestamp();
        caller.Start();
        Assert.True(caller.Join(TimeSpan.FromSeconds(9)));
        log.WriteLine($"{mode} {(tls ? "wss" : "ws")}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms");
        Assert.False(blocked.IsCompleted);
        sender.End(new LineClosedException(Sending.Address, "over"));
        await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(blocked));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_million_pings_while_the_peer_does_not_read_cost_no_memory_and_data_still_arrives(ReceiveMode mode, bool tls)
    {
        await using Pair pair = await Pair.OpenAsync(mode, tls);
        FrameSender sender = Sending.Over(pair.Transport, new PerfConn.Framing.WebSocket.WebSocketFrameEncoder(null));
        Task sent = sender.SendAsync(Wire.Binary, Wire.Bytes(4_000_000).AsMemory()).AsTask();
        Task data = sender.SendAsync(Wire.Text, "data"u8).AsTask();
        Assert.False(sent.IsCompleted);
        long pending = sender.PendingBytes;
        long best = long.MaxValue;
        for (int stretch = 0; stretch < 4; stretch++)
        {
            // The best of four: once in a while the runtime allocates something of its own; a ping that cost memory would in all.
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 250_000; i++)
            {
                sender.SendPong("ping"u8);
            }

            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, best);
        Assert.Equal(pending, sender.PendingBytes);

        byte[] pong = Wire.Join([.. Enumerable.Repeat(Wire.Frame(Wire.Pong, "ping"), PongQueue.Capacity)]);
        byte[] text = Wire.Frame(Wire.Text, "data");
        byte[] all = await Deadline.Within(Task.Run(() => pair.Receive(10 + 4_000_000 + pong.Length + text.Length)));
        Assert.Equal(Wire.Join(pong, text), all[^(pong.Length + text.Length)..]);
        await Deadline.Within(Task.WhenAll(sent, data));
        Assert.Equal(0, pair.Available);
    }

    /// <summary>A line's transport and its peer, whose kernel buffers hold as little as the system allows.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly Socket _server;
        private readonly System.IO.Stream _stream;

        private Pair(ITransport transport, Socket server, System.IO.Stream stream)
        {
            Transport = transport;
            _server = server;
            _stream = stream;
        }

        public ITransport Transport { get; }

        public int Available => _server.Available;

        public static async Task<Pair> OpenAsync(ReceiveMode mode, bool tls)
        {
            using TcpListener listener = Loopback.Listen();
            listener.Server.ReceiveBufferSize = 4096;
            var options = new SocketTransportOptions { SendBufferSize = 4096, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } };
            var endpoint = new Endpoint(new Uri($"{(tls ? "wss" : "ws")}://localhost:{listener.Port()}/")) { ReceiveMode = mode };
            Task<ITransport> connecting = new SocketTransportFactory(options).ConnectAsync(endpoint, Deadline.Token).AsTask();
            Socket server = await listener.AcceptSocketAsync(Deadline.Token);
            System.IO.Stream stream = new NetworkStream(server, ownsSocket: true);
            if (tls)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(TestCertificates.Localhost);
                stream = secure;
            }

            return new Pair(await Deadline.Within(connecting), server, stream);
        }

        public byte[] Receive(int length)
        {
            byte[] all = new byte[length];
            _stream.ReadExactly(all);
            return all;
        }

        public async ValueTask DisposeAsync()
        {
            Transport.Abort();
            await Transport.Input.CompleteAsync();
            await Transport.DisposeAsync();
            await _stream.DisposeAsync();
        }
    }
}
