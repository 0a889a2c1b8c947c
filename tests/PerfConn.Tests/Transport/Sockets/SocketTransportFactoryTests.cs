using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

public sealed class SocketTransportFactoryTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = Loopback.Listen();
    private readonly BlockPool _pool = new(4096);

    private SocketTransportFactory Strict => new(new SocketTransportOptions { Pool = _pool });

    private SocketTransportFactory Trusting => new(new SocketTransportOptions
    {
        Pool = _pool,
        Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true },
    });

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Bytes_go_both_ways_over_TCP(string host)
    {
        Task<Socket> accepting = _listener.AcceptSocketAsync();
        await using ITransport transport = await ConnectAsync(Strict, $"ws://{host}:{_listener.Port()}/");
        using Socket server = await accepting;
        await using var peer = new NetworkStream(server);

        Assert.Equal(TransportContent.Bytes, transport.Content);
        Assert.Equal(_listener.Port(), ((IPEndPoint)transport.RemoteEndPoint!).Port);
        await AssertBothWaysAsync(transport, peer);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Bytes_go_both_ways_over_TLS_with_the_dangerous_switch(string host)
    {
        Task<SslStream> accepting = AcceptTlsAsync(TestCertificates.Localhost);
        await using ITransport transport = await ConnectAsync(Trusting, $"wss://{host}:{_listener.Port()}/");
        await using SslStream peer = await accepting;

        await AssertBothWaysAsync(transport, peer);
    }

    [Fact]
    public async Task The_socket_is_set_as_the_options_say()
    {
        foreach (bool noDelay in (bool[])[true, false])
        {
            Task<Socket> accepting = _listener.AcceptSocketAsync();
            var factory = new SocketTransportFactory(new SocketTransportOptions { NoDelay = noDelay, ReceiveBufferSize = 12_000, SendBufferSize = 11_000, Pool = _pool });
            await using ITransport transport = await ConnectAsync(factory, $"ws://127.0.0.1:{_listener.Port()}/");
            using Socket server = await accepting;

            // The kernel doubles what it is told; it never gives less.
            Socket socket = SocketOf(transport);
            Assert.Equal(noDelay, socket.NoDelay);
            Assert.InRange(socket.ReceiveBufferSize, 12_000, 24_000);
            Assert.InRange(socket.SendBufferSize, 11_000, 22_000);
        }
    }

    [Fact]
    public async Task A_refused_connection_is_a_network_failure()
    {
        string url = $"ws://127.0.0.1:{_listener.Port()}/ws?token=canary";
        _listener.Stop();

        ConnectException e = await Assert.ThrowsAsync<ConnectException>(() => ConnectAsync(Strict, url));

        Assert.Matches(@"/ws\?token=\*\*\*: could not connect: 127\.0\.0\.1:\d+ connection refused$", e.Message);
        Assert.IsType<SocketException>(e.InnerException);
    }

    [Fact]
    public async Task An_unknown_host_is_a_network_failure()
    {
        ResolveException e = await Assert.ThrowsAsync<ResolveException>(() => ConnectAsync(Strict, "ws://nosuchhost.invalid/"));

        Assert.StartsWith("ws://nosuchhost.invalid/: host name 'nosuchhost.invalid' ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task A_cancelled_attempt_leaves_nothing_open(string scheme)
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Strict.ConnectAsync(Endpoint.Parse($"{scheme}://127.0.0.1:{_listener.Port()}/"), new CancellationToken(canceled: true)).AsTask());
    }

    [Fact]
    public async Task A_server_that_never_speaks_TLS_is_left_when_the_token_says()
    {
        using var giveUp = new CancellationTokenSource();
        Task<ITransport> connecting = Strict.ConnectAsync(Endpoint.Parse($"wss://127.0.0.1:{_listener.Port()}/"), giveUp.Token).AsTask();
        using Socket server = await _listener.AcceptSocketAsync();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(s_deadline));
        await AssertClosedAsync(server);
    }

    [Fact]
    public async Task A_self_signed_certificate_is_refused_by_name()
    {
        Task serving = ServeTlsUntilClosedAsync(TestCertificates.Localhost);

        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(Strict, $"wss://localhost:{_listener.Port()}/?token=canary"));

        Assert.EndsWith("?token=***: the server's certificate was refused: UntrustedRoot (RemoteCertificateChainErrors)", e.Message, StringComparison.Ordinal);
        await serving.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused_by_name()
    {
        Task serving = ServeTlsUntilClosedAsync(TestCertificates.OtherHost);

        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(Strict, $"wss://localhost:{_listener.Port()}/"));

        Assert.Contains("RemoteCertificateNameMismatch", e.Message, StringComparison.Ordinal);
        await serving.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task The_name_that_the_options_give_is_the_one_that_is_checked()
    {
        var factory = new SocketTransportFactory(new SocketTransportOptions { Tls = new TlsOptions { TargetHost = "other.test" } });
        Task serving = ServeTlsUntilClosedAsync(TestCertificates.OtherHost);

        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(factory, $"wss://localhost:{_listener.Port()}/"));

        Assert.EndsWith("(RemoteCertificateChainErrors)", e.Message, StringComparison.Ordinal);
        await serving.WaitAsync(s_deadline);
    }

    [Theory]
    [InlineData("485454502F312E31203430302042616420526571756573740D0A0D0A")]
    [InlineData("1603030000")]
    [InlineData("15030300020228")]
    [InlineData("160303FFFF00000000")]
    [InlineData("0000000000000000000000000000000000000000")]
    public async Task Garbage_instead_of_a_TLS_handshake_is_a_TLS_failure(string hex)
    {
        Task serving = ServeAsync(async server =>
        {
            await server.SendAsync(Convert.FromHexString(hex));
            server.Shutdown(SocketShutdown.Send);
            await AssertClosedAsync(server);
        });

        await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(Trusting, $"wss://127.0.0.1:{_listener.Port()}/"));
        await serving.WaitAsync(s_deadline);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_goes_away_during_the_TLS_handshake_is_a_TLS_failure(bool rudely)
    {
        Task serving = ServeAsync(async server =>
        {
            await server.ReceiveAsync(new byte[16]);
            if (rudely)
            {
                server.Reset();
            }
            else
            {
                server.Shutdown(SocketShutdown.Send);
                await AssertClosedAsync(server);
            }
        });

        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(Trusting, $"wss://127.0.0.1:{_listener.Port()}/"));

        Assert.EndsWith("the connection was lost during the TLS handshake", e.Message, StringComparison.Ordinal);
        await serving.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_server_that_resets_at_once_gives_a_connection_or_one_typed_error()
    {
        using var stop = new CancellationTokenSource();
        Task serving = Task.Run(async () =>
        {
            while (true)
            {
                (await _listener.AcceptSocketAsync(stop.Token)).Reset();
            }
        });
        for (int i = 0; i < 2000; i++)
        {
            try
            {
                await using ITransport transport = await ConnectAsync(Strict, $"ws://127.0.0.1:{_listener.Port()}/");
                ReadResult read = await transport.Input.ReadAsync().AsTask().WaitAsync(s_deadline);
                Assert.Fail($"a reset connection gave {read.Buffer.Length} bytes");
            }
            catch (NetworkException)
            {
                // Either while connecting or while reading.
            }
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.WaitAsync(s_deadline));
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task An_abort_fails_the_pending_read_and_later_writes_and_may_be_repeated(string scheme)
    {
        Task<Stream> accepting = scheme == "ws" ? AcceptPlainAsync() : AcceptTlsStreamAsync();
        await using ITransport transport = await ConnectAsync(Trusting, $"{scheme}://127.0.0.1:{_listener.Port()}/");
        await using Stream peer = await accepting;
        Task<ReadResult> pending = transport.Input.ReadAsync().AsTask();

        transport.Abort();
        transport.Abort();

        await Assert.ThrowsAsync<NetworkException>(() => pending.WaitAsync(s_deadline));
        await Assert.ThrowsAnyAsync<Exception>(() => transport.Output.WriteAsync(new byte[1]).AsTask().WaitAsync(s_deadline));
        await transport.Input.CompleteAsync();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Disposing_closes_the_connection_even_while_a_write_waits_for_the_peer(string scheme)
    {
        Task<Stream> accepting = scheme == "ws" ? AcceptPlainAsync() : AcceptTlsStreamAsync();
        ITransport transport = await ConnectAsync(Trusting, $"{scheme}://127.0.0.1:{_listener.Port()}/");
        await using Stream peer = await accepting;
        Task<FlushResult> blocked = transport.Output.WriteAsync(new byte[30_000_000]).AsTask();
        Assert.False(blocked.IsCompleted);

        await transport.DisposeAsync().AsTask().WaitAsync(s_deadline);
        await transport.DisposeAsync().AsTask().WaitAsync(s_deadline);

        await Assert.ThrowsAnyAsync<Exception>(() => blocked.WaitAsync(s_deadline));
    }

    private static async Task<ITransport> ConnectAsync(SocketTransportFactory factory, string url)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        return await factory.ConnectAsync(Endpoint.Parse(url), deadline.Token);
    }

    private static async Task AssertBothWaysAsync(ITransport transport, Stream peer)
    {
        await transport.Output.WriteAsync("from the client"u8.ToArray());
        var received = new byte[15];
        await peer.ReadExactlyAsync(received).AsTask().WaitAsync(s_deadline);
        Assert.Equal("from the client"u8, received);

        await peer.WriteAsync("from the server"u8.ToArray());
        ReadResult read = await transport.Input.ReadAsync().AsTask().WaitAsync(s_deadline);
        Assert.Equal("from the server"u8, read.Buffer.ToArray());
        transport.Input.AdvanceTo(read.Buffer.End);
        await transport.Input.CompleteAsync();
    }

    /// <summary>The client's end is closed: the stream ends, or is reset because what it was sent was never read.</summary>
    private static async Task AssertClosedAsync(Socket server)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        try
        {
            var rest = new byte[4096];
            while (await server.ReceiveAsync(rest, deadline.Token) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
    }

    private static Socket SocketOf(ITransport transport) =>
        (Socket)transport.GetType().GetField("_socket", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(transport)!;

    private async Task ServeAsync(Func<Socket, Task> serve)
    {
        using Socket server = await _listener.AcceptSocketAsync();
        await serve(server);
    }

    private Task ServeTlsUntilClosedAsync(X509Certificate2 certificate) => ServeAsync(async server =>
    {
        await using var stream = new SslStream(new NetworkStream(server));
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
            _ = await stream.ReadAsync(new byte[1]);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client's refusal, told by an alert.
        }

        await AssertClosedAsync(server);
    });

    private async Task<Stream> AcceptPlainAsync() => new NetworkStream(await _listener.AcceptSocketAsync(), ownsSocket: true);

    private async Task<Stream> AcceptTlsStreamAsync() => await AcceptTlsAsync(TestCertificates.Localhost);

    private async Task<SslStream> AcceptTlsAsync(X509Certificate2 certificate)
    {
        var stream = new SslStream(await AcceptPlainAsync());
        await stream.AuthenticateAsServerAsync(certificate);
        return stream;
    }
}
