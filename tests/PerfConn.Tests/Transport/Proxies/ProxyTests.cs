using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Proxies;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Proxies;

/// <summary>RELIABILITY B22: scripted proxies on real sockets, in both receive modes.</summary>
public sealed class ProxyTests
{
    public static TheoryData<string, string, ProxyFailureReason, int?, string> HttpFaults => new()
    {
        { "HTTP/1.1 407 canary-user\r\nProxy-Authenticate: Basic\r\n\r\n", "", ProxyFailureReason.CredentialsRequired, 407, "wants credentials (407)" },
        { "HTTP/1.1 407 canary-password\r\n\r\n", "canary-user:canary-password@", ProxyFailureReason.CredentialsRefused, 407, "did not accept the credentials (407)" },
        { "HTTP/1.1 403 Forbidden\r\n\r\n", "", ProxyFailureReason.NotAllowed, 403, "does not allow this target (403)" },
        { "HTTP/1.1 502 Bad Gateway\r\n\r\n", "", ProxyFailureReason.Status, 502, "answered 502 to CONNECT" },
        { "HTTP/1.1 101 Switching\r\n\r\n", "", ProxyFailureReason.Status, 101, "answered 101 to CONNECT" },
        { "HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n", "", ProxyFailureReason.Status, 302, "answered 302 to CONNECT" },
        { "SSH-2.0-canary\r\n", "", ProxyFailureReason.Garbage, null, "did not speak its protocol: the answer is not HTTP/1.x" },
        { "", "", ProxyFailureReason.ClosedEarly, null, "closed the connection before it had answered" },
        { "HTTP/1.1 200 OK\r\nVia: ", "", ProxyFailureReason.ClosedEarly, null, "closed the connection before it had answered" },
    };

    /// <summary>What the proxy says at each step, in hex, and what becomes of it.</summary>
    public static TheoryData<string, string, ProxyFailureReason, int?> SocksFaults => new()
    {
        { "05FF", "", ProxyFailureReason.CredentialsRequired, 255 },
        { "05FF", "canary-user:canary-password@", ProxyFailureReason.NoAcceptableMethod, 255 },
        { "0502", "", ProxyFailureReason.Garbage, 2 },
        { "0501", "canary-user:canary-password@", ProxyFailureReason.Garbage, 1 },
        { "0502 0101", "canary-user:canary-password@", ProxyFailureReason.CredentialsRefused, 1 },
        { "0502 0500", "canary-user:canary-password@", ProxyFailureReason.Garbage, null },
        { "0400", "", ProxyFailureReason.Garbage, null },
        { "0500 0501", "", ProxyFailureReason.GeneralFailure, 1 },
        { "0500 0502000100000000", "", ProxyFailureReason.NotAllowed, 2 },
        { "0500 0503", "", ProxyFailureReason.NetworkUnreachable, 3 },
        { "0500 0504", "", ProxyFailureReason.HostUnreachable, 4 },
        { "0500 0505", "", ProxyFailureReason.ConnectionRefused, 5 },
        { "0500 0506", "", ProxyFailureReason.TimeToLiveExpired, 6 },
        { "0500 0507", "", ProxyFailureReason.CommandNotSupported, 7 },
        { "0500 0508", "", ProxyFailureReason.AddressTypeNotSupported, 8 },
        { "0500 0509", "", ProxyFailureReason.Garbage, 9 },
        { "0500 05000002", "", ProxyFailureReason.Garbage, null },
        { "0500 050000017F00", "", ProxyFailureReason.ClosedEarly, null },
        { "", "", ProxyFailureReason.ClosedEarly, null },
    };

    public static TheoryData<string, ReceiveMode> Ways
    {
        get
        {
            var ways = new TheoryData<string, ReceiveMode>();
            foreach (string way in (string[])["http ws", "http wss", "socks ws", "socks wss", "socks-password ws", "socks-password wss"])
            {
                ways.Add(way, ReceiveMode.Async);
                ways.Add(way, ReceiveMode.Thread);
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Bytes_go_both_ways_through_a_proxy_that_resolves_the_name(string way, ReceiveMode mode)
    {
        bool tls = way.EndsWith("wss", StringComparison.Ordinal);
        using TcpListener venue = Loopback.Listen();
        Task<Stream> accepting = AcceptAsync(venue, tls);
        using ScriptedProxy proxy = way.StartsWith("http", StringComparison.Ordinal)
            ? ScriptedProxy.HttpTo(venue.Port())
            : ScriptedProxy.SocksTo(venue.Port(), way.Contains("password", StringComparison.Ordinal));
        var resolver = new ScriptedResolver("127.0.0.9");
        ProxyOptions options = way.StartsWith("http", StringComparison.Ordinal)
            ? new ProxyOptions(proxy.Http, "Aladdin", "open sesame")
            : way.Contains("password", StringComparison.Ordinal) ? new ProxyOptions(proxy.Socks, "Aladdin", "open sesame") : new ProxyOptions(proxy.Socks);

        await using ITransport transport = await ConnectAsync(options, $"{(tls ? "wss" : "ws")}://venue.test:4433/", mode, resolver);
        await using Stream peer = await Deadline.Within(accepting);

        await transport.Output.WriteAsync("from the client"u8.ToArray());
        var received = new byte[15];
        await peer.ReadExactlyAsync(received, Deadline.Token);
        Assert.Equal("from the client"u8, received);
        await peer.WriteAsync("from the server"u8.ToArray());
        Assert.Equal("from the server", await ReadAsync(transport, 15));
        await transport.Input.CompleteAsync();

        // Remote DNS: the name went to the proxy as it is, and nobody here looked it up.
        Assert.Equal(0, resolver.Asked);
        string asked = Encoding.Latin1.GetString(proxy.Asked.ToArray());
        Assert.StartsWith(
            way.StartsWith("http", StringComparison.Ordinal)
                ? "CONNECT venue.test:4433 HTTP/1.1\r\nHost: venue.test:4433\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"
                : way.Contains("password", StringComparison.Ordinal)
                    ? "\x05\x02\x00\x02\x01\x07" + "Aladdin\x0B" + "open sesame\x05\x01\x00\x03\x0A" + "venue.test\x11\x51"
                    : "\x05\x01\x00\x05\x01\x00\x03\x0A" + "venue.test\x11\x51",
            asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, ReceiveMode.Async)]
    [InlineData(true, ReceiveMode.Thread)]
    [InlineData(false, ReceiveMode.Async)]
    [InlineData(false, ReceiveMode.Thread)]
    public async Task Bytes_glued_to_the_answer_are_the_first_that_the_line_reads(bool http, ReceiveMode mode)
    {
        using TcpListener venue = Loopback.Listen();
        const string Glued = "\r\n\r\nthe venue speaks first";
        using ScriptedProxy proxy = http ? ScriptedProxy.HttpTo(venue.Port(), glued: Glued) : ScriptedProxy.SocksTo(venue.Port(), glued: Glued);

        await using ITransport transport = await ConnectAsync(new ProxyOptions(http ? proxy.Http : proxy.Socks), "ws://venue.test/", mode);

        Assert.Equal(Glued, await ReadAsync(transport, Glued.Length));
        await transport.Input.CompleteAsync();
    }

    [Fact]
    public async Task A_thread_line_that_came_through_a_proxy_still_blocks_in_the_kernel()
    {
        using TcpListener venue = Loopback.Listen();
        Task<Stream> accepting = AcceptAsync(venue, tls: true);
        using ScriptedProxy proxy = ScriptedProxy.HttpTo(venue.Port());
        await using ITransport transport = await ConnectAsync(new ProxyOptions(proxy.Http), "wss://venue.test/", ReceiveMode.Thread);
        await using Stream peer = await Deadline.Within(accepting);

        Assert.False(NativeFlags.IsNonBlocking(transport));
    }

    [Theory]
    [MemberData(nameof(HttpFaults))]
    public async Task Every_fault_of_an_HTTP_proxy_is_typed(string answer, string userInfo, ProxyFailureReason reason, int? status, string words)
    {
        foreach (ReceiveMode mode in Enum.GetValues<ReceiveMode>())
        {
            using var proxy = new ScriptedProxy(async (self, socket) =>
            {
                await self.ReadHeadAsync(socket);
                await socket.SendAsync(Encoding.Latin1.GetBytes(answer));
                socket.Shutdown(SocketShutdown.Send);
                await DrainAsync(socket);
            });
            string address = $"http://{userInfo}{proxy.Http.Authority}";

            ProxyException e = await Assert.ThrowsAsync<ProxyException>(() => ConnectAsync(new ProxyOptions(new Uri(address)), "ws://venue.test/?token=canary", mode));

            Assert.Equal((reason, status), (e.Reason, e.StatusCode));
            Assert.Equal($"ws://venue.test/?token=***: the proxy {proxy.Http} {words}", e.Message);
            Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
            await Deadline.Within(proxy.Serving);
        }
    }

    [Theory]
    [MemberData(nameof(SocksFaults))]
    public async Task Every_fault_of_a_SOCKS5_proxy_is_typed(string answers, string userInfo, ProxyFailureReason reason, int? code)
    {
        foreach (ReceiveMode mode in Enum.GetValues<ReceiveMode>())
        {
            using var proxy = new ScriptedProxy(async (self, socket) =>
            {
                foreach (string answer in answers.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    await self.ReadAsync(socket, 1);
                    while (socket.Available > 0)
                    {
                        await self.ReadAsync(socket, 1);
                    }

                    await socket.SendAsync(Convert.FromHexString(answer));
                }

                socket.Shutdown(SocketShutdown.Send);
                await DrainAsync(socket);
            });
            string address = $"socks5://{userInfo}{proxy.Socks.Authority}";

            ProxyException e = await Assert.ThrowsAsync<ProxyException>(() => ConnectAsync(new ProxyOptions(new Uri(address)), "wss://venue.test/", mode));

            Assert.Equal((reason, code), (e.Reason, e.StatusCode));
            Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
            await Deadline.Within(proxy.Serving);
        }
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_proxy_that_answers_200_and_then_garbage_is_the_TLS_handshakes_failure(ReceiveMode mode)
    {
        using var proxy = new ScriptedProxy(async (self, socket) =>
        {
            await self.ReadHeadAsync(socket);
            await socket.SendAsync("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            socket.Shutdown(SocketShutdown.Send);
            await DrainAsync(socket);
        });

        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(new ProxyOptions(proxy.Http), "wss://venue.test/", mode));

        Assert.Equal(TlsFailureReason.Garbage, e.Reason);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_proxy_that_cannot_be_reached_or_resets_is_the_proxys_failure(ReceiveMode mode)
    {
        var nowhere = new Uri($"http://127.0.0.1:{HappyEyeballsTests.FreePort()}");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => ConnectAsync(new ProxyOptions(nowhere), "ws://venue.test/", mode));
        Assert.Equal(ProxyFailureReason.Unreachable, refused.Reason);
        Assert.IsType<ConnectException>(refused.InnerException);

        using var proxy = new ScriptedProxy(async (self, socket) =>
        {
            await self.ReadAsync(socket, 3);
            socket.Reset();
        });
        ProxyException reset = await Assert.ThrowsAsync<ProxyException>(() => ConnectAsync(new ProxyOptions(proxy.Socks), "ws://venue.test/", mode));
        Assert.Equal(ProxyFailureReason.ClosedEarly, reset.Reason);
    }

    [Theory]
    [InlineData("http", ReceiveMode.Async)]
    [InlineData("http", ReceiveMode.Thread)]
    [InlineData("socks", ReceiveMode.Async)]
    [InlineData("socks", ReceiveMode.Thread)]
    public async Task A_slow_proxy_has_its_own_deadline_and_is_left(string kind, ReceiveMode mode)
    {
        var time = new ManualTimeProvider();
        using var proxy = new ScriptedProxy(async (self, socket) =>
        {
            await self.ReadAsync(socket, 1);
            await socket.SendAsync(kind == "http" ? "HTTP/1.1 2"u8.ToArray() : [5]);
            await DrainAsync(socket);
        });
        var options = new ProxyOptions(kind == "http" ? proxy.Http : proxy.Socks) { Timeout = TimeSpan.FromSeconds(3) };
        Task<ITransport> connecting = ConnectAsync(options, "ws://venue.test/", mode, time: time);
        await Deadline.UntilAsync(() => proxy.Asked.Count > 0, "the question");
        time.Advance(TimeSpan.FromSeconds(3));

        ProxyException e = await Assert.ThrowsAsync<ProxyException>(() => Deadline.Within(connecting));

        Assert.Equal(ProxyFailureReason.TimedOut, e.Reason);
        Assert.EndsWith("did not answer within 3 s", e.Message, StringComparison.Ordinal);
        await Deadline.Within(proxy.Serving);
        Assert.Equal(0, time.Waiting);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Cancelling_while_the_proxy_thinks_is_told_as_that(ReceiveMode mode)
    {
        using var proxy = new ScriptedProxy(async (self, socket) =>
        {
            await self.ReadHeadAsync(socket);
            await DrainAsync(socket);
        });
        using var giveUp = new CancellationTokenSource();
        var factory = new SocketTransportFactory(new SocketTransportOptions { Proxy = new ProxyOptions(proxy.Http) });
        Task<ITransport> connecting = factory.ConnectAsync(Endpoint.Parse("ws://venue.test/") with { ReceiveMode = mode }, giveUp.Token).AsTask();
        await Deadline.UntilAsync(() => proxy.Asked.Count > 20, "the question");
        await giveUp.CancelAsync();

        ConnectCanceledException e = await Assert.ThrowsAsync<ConnectCanceledException>(() => Deadline.Within(connecting));

        Assert.Equal(ConnectStage.Proxy, e.Stage);
        await Deadline.Within(proxy.Serving);
    }

    [Theory]
    [InlineData("venue.test", 443, "CONNECT venue.test:443 HTTP/1.1\r\nHost: venue.test:443\r\n\r\n")]
    [InlineData("::1", 80, "CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")]
    [InlineData("127.0.0.1", 80, "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n")]
    public void The_CONNECT_request_names_the_target_as_the_RFC_says(string host, int port, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(HttpConnect.Request(new ProxyOptions(new Uri("http://p.test")), host, port)));

    [Theory]
    [InlineData("127.0.0.1", 8080, "050100017F0000011F90")]
    [InlineData("::1", 80, "05010004000000000000000000000000000000010050")]
    [InlineData("a.b", 65535, "0501000303612E62FFFF")]
    public void The_SOCKS5_request_names_the_target_as_the_RFC_says(string host, int port, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(Socks5.Request(host, port)));

    private static Task<ITransport> ConnectAsync(
        ProxyOptions proxy, string url, ReceiveMode mode, IHostResolver? resolver = null, TimeProvider? time = null)
    {
        var factory = new SocketTransportFactory(new SocketTransportOptions
        {
            Proxy = proxy,
            Resolver = resolver ?? new ScriptedResolver("127.0.0.9"),
            TimeProvider = time ?? TimeProvider.System,
            Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true },
        });
        return Deadline.Within(factory.ConnectAsync(Endpoint.Parse(url) with { ReceiveMode = mode }, CancellationToken.None).AsTask());
    }

    private static async Task<string> ReadAsync(ITransport transport, int count)
    {
        while (true)
        {
            ReadResult read = await Deadline.Within(transport.Input.ReadAsync().AsTask());
            if (read.Buffer.Length >= count || read.IsCompleted)
            {
                string text = Encoding.Latin1.GetString(read.Buffer.ToArray());
                transport.Input.AdvanceTo(read.Buffer.End);
                return text;
            }

            transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task<Stream> AcceptAsync(TcpListener venue, bool tls)
    {
        var stream = new NetworkStream(await venue.AcceptSocketAsync(), ownsSocket: true);
        if (!tls)
        {
            return stream;
        }

        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(TestCertificates.Localhost);
        return secure;
    }

    private static async Task DrainAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[256], Deadline.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset, because what it was sent was never read; gone is gone.
        }
    }
}
