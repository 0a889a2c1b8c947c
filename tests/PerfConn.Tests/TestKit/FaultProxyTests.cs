using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PerfConn.TestKit;
using PerfConn.Tests.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.TestKit;

public sealed class FaultProxyTests : IDisposable
{
    private readonly TcpListener _server = Loopback.Listen();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Bytes_and_ends_pass_both_ways_and_are_counted()
    {
        await using FaultProxy proxy = FaultProxy.Start(_server.Port());
        (Socket client, Socket server) = await ConnectAsync(proxy);
        await client.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello", await ReceiveAsync(server, 5));
        await server.SendAsync("welcome"u8.ToArray());
        Assert.Equal("welcome", await ReceiveAsync(client, 7));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await ReceiveAsync(server, 1));
        await server.SendAsync("!"u8.ToArray());
        Assert.Equal("!", await ReceiveAsync(client, 1));
        server.Dispose();
        Assert.Equal("", await ReceiveAsync(client, 1));
        await Deadline.UntilAsync(() => proxy.Statistics.Open == 0, "the connection to be over");
        Assert.Equal(new FaultProxyStatistics(1, 0, 5, 5, 8, 8), proxy.Statistics);
        client.Dispose();
    }

    [Theory]
    [InlineData(CutKind.HalfClose)]
    [InlineData(CutKind.Close)]
    [InlineData(CutKind.Reset)]
    public async Task Cut_after_exactly_so_many_bytes(CutKind kind)
    {
        for (int cut = 0; cut <= 5; cut++)
        {
            await using FaultProxy proxy = FaultProxy.Start(_server.Port(), new FaultProxyOptions { ToClient = new ProxyFaults { CutAt = cut, CutBy = kind } });
            if (kind == CutKind.Reset && cut == 0)
            {
                // Cut before the first byte: the reset may be there before the connect has returned.
                Assert.Equal("ConnectionReset", await EndOfConnectAsync(proxy));
                (await _server.AcceptSocketAsync(Deadline.Token)).Dispose();
                continue;
            }

            (Socket client, Socket server) = await ConnectAsync(proxy);
            using Socket held = server;
            if (cut > 0)
            {
                await server.SendAsync("01234"u8.ToArray());
            }

            string end = await EndAsync(client, expected: cut);
            Assert.Equal(kind == CutKind.Reset ? "ConnectionReset" : "end", end);
            if (kind == CutKind.HalfClose)
            {
                await client.SendAsync("still here"u8.ToArray());
                Assert.Equal("still here", await ReceiveAsync(server, 10));
            }
            else
            {
                Assert.Equal(end, await EndAsync(server, expected: 0));
            }

            Assert.Equal(cut, proxy.Statistics.BytesToClients);
            client.Dispose();
        }
    }

    [Fact]
    public async Task Latency_is_the_clocks_and_keeps_order_under_jitter()
    {
        var faults = new ProxyFaults { Latency = TimeSpan.FromSeconds(10), Jitter = TimeSpan.FromSeconds(9) };
        await using FaultProxy proxy = FaultProxy.Start(_server.Port(), new FaultProxyOptions { ToClient = faults, TimeProvider = _time, Seed = 3 });
        (Socket client, Socket server) = await ConnectAsync(proxy);
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        foreach (byte b in bytes)
        {
            long before = proxy.Statistics.BytesFromServer;
            await server.SendAsync(new[] { b });
            await Deadline.UntilAsync(() => proxy.Statistics.BytesFromServer > before || _time.Waiting > 0, "the byte to arrive");
            if (b % 10 == 9)
            {
                Assert.True(proxy.Statistics.BytesToClients <= b);
                await Deadline.UntilAsync(() => AdvanceUntil(proxy, b + 1), "ten bytes");
            }
        }

        Assert.Equal(bytes, await ReceiveBytesAsync(client, 100));
        Close(client, server);
    }

    [Fact]
    public async Task Bandwidth_is_that_of_the_clock()
    {
        await using FaultProxy proxy = FaultProxy.Start(
            _server.Port(), new FaultProxyOptions { ToServer = new ProxyFaults { BytesPerSecond = 1000 }, TimeProvider = _time });
        (Socket client, Socket server) = await ConnectAsync(proxy);
        await client.SendAsync(new byte[2000]);
        await Deadline.UntilAsync(() => proxy.Statistics.BytesFromClients == 2000, "the bytes to arrive");
        for (int tenth = 1; tenth <= 20; tenth++)
        {
            await Deadline.UntilAsync(() => proxy.Statistics.BytesToServer == tenth * 100 && (_time.Waiting == 1 || tenth == 20), $"tenth {tenth}");
            _time.Advance(TimeSpan.FromMilliseconds(99));
            Assert.Equal(tenth * 100, proxy.Statistics.BytesToServer);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Close(client, server);
    }

    [Fact]
    public async Task A_black_hole_swallows_both_ways_and_healing_lets_later_bytes_through()
    {
        await using FaultProxy proxy = FaultProxy.Start(_server.Port());
        (Socket client, Socket server) = await ConnectAsync(proxy);
        proxy.BlackHole();
        await client.SendAsync("lost"u8.ToArray());
        await server.SendAsync("lost too"u8.ToArray());
        await Deadline.UntilAsync(() => proxy.Statistics is { BytesFromClients: 4, BytesFromServer: 8 }, "the bytes to be swallowed");

        proxy.Heal();
        await client.SendAsync("heard"u8.ToArray());
        Assert.Equal("heard", await ReceiveAsync(server, 5));
        await server.SendAsync("heard too"u8.ToArray());
        Assert.Equal("heard too", await ReceiveAsync(client, 9));
        await Deadline.UntilAsync(() => proxy.Statistics.BytesToServer == 5, "the bytes to be counted, which is after they have been sent");
        Close(client, server);
    }

    /// <summary>The proxy itself must push back: what it holds of a stalled direction is bounded, and so is what the sender can get rid of.</summary>
    [Fact]
    public async Task A_stalled_direction_pushes_back_and_goes_on_where_it_stopped()
    {
        await using FaultProxy proxy = FaultProxy.Start(
            _server.Port(), new FaultProxyOptions { SocketBufferSize = 16 * 1024, ToServer = new ProxyFaults { Flow = ProxyFlow.Stall } });
        (Socket client, Socket server) = await ConnectAsync(proxy);
        client.SendBufferSize = 16 * 1024;
        byte[] bytes = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        Task sending = SendAllAsync(client, bytes);
        Assert.Equal(0, proxy.Statistics.BytesFromClients);

        // It does not read, and then the server does not: in neither case does it hold more than its bound.
        proxy.ToServer = ProxyFaults.None;
        await Deadline.UntilAsync(() => proxy.Statistics.BytesFromClients - proxy.Statistics.BytesToServer > 0, "the proxy to hold something");
        Assert.InRange(proxy.Statistics.BytesFromClients - proxy.Statistics.BytesToServer, 0, 20 * 16 * 1024);
        Assert.False(sending.IsCompleted);
        Assert.Equal(bytes, await ReceiveBytesAsync(server, bytes.Length));
        await Deadline.Within(sending);
        Close(client, server);
    }

    [Fact]
    public async Task Slices_and_spoiled_bytes_leave_all_others_whole()
    {
        await using FaultProxy proxy = FaultProxy.Start(
            _server.Port(), new FaultProxyOptions { ToClient = new ProxyFaults { SliceAtMost = 3, CorruptAt = 7, CorruptMask = 0xFF } });
        (Socket client, Socket server) = await ConnectAsync(proxy);
        byte[] bytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        await server.SendAsync(bytes);
        bytes[7] ^= 0xFF;
        Assert.Equal(bytes, await ReceiveBytesAsync(client, 200));
        Close(client, server);
    }

    [Fact]
    public async Task A_timer_cuts_and_a_slow_close_is_held_back()
    {
        await using FaultProxy proxy = FaultProxy.Start(_server.Port(), new FaultProxyOptions
        {
            TimeProvider = _time,
            ToServer = new ProxyFaults { SlowClose = TimeSpan.FromSeconds(5) },
        });
        (Socket client, Socket server) = await ConnectAsync(proxy);
        client.Shutdown(SocketShutdown.Send);
        await Deadline.UntilAsync(() => _time.Waiting == 1, "the end to be held back");
        Task<string> end = EndAsync(server, expected: 0);
        Assert.False(end.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("end", await end);

        proxy.ToClient = new ProxyFaults { CutAfter = TimeSpan.FromSeconds(60), CutBy = CutKind.Reset };
        _time.Advance(TimeSpan.FromSeconds(59));
        await server.SendAsync("x"u8.ToArray());
        Assert.Equal("x", await ReceiveAsync(client, 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ConnectionReset", await EndAsync(client, expected: 0));
        Close(client, server);
    }

    [Fact]
    public async Task New_connections_are_refused_held_and_let_in_again_on_the_same_port()
    {
        await using FaultProxy proxy = FaultProxy.Start(_server.Port());
        for (int round = 0; round < 10; round++)
        {
            proxy.Accepting = AcceptMode.Refuse;
            using var refused = new Socket(SocketType.Stream, ProtocolType.Tcp);
            SocketException e = await Assert.ThrowsAsync<SocketException>(() => refused.ConnectAsync(proxy.EndPoint));
            Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);

            proxy.Accepting = AcceptMode.Hold;
            using var held = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await held.ConnectAsync(proxy.EndPoint);
            await Deadline.UntilAsync(() => proxy.Statistics.Accepted == round + 1, "the accept");
            Assert.False(_server.Pending());

            proxy.Accepting = AcceptMode.Relay;
            using Socket server = await _server.AcceptSocketAsync(Deadline.Token);
            await server.SendAsync("hi"u8.ToArray());
            Assert.Equal("hi", await ReceiveAsync(held, 2));
        }
    }

    [Fact]
    public async Task A_target_that_is_not_there_resets_the_client()
    {
        await using FaultProxy proxy = FaultProxy.Start(_server.Port());
        _server.Stop();
        Assert.Equal("ConnectionReset", await EndOfConnectAsync(proxy));
    }

    [Fact]
    public async Task Disposing_ends_everything_that_is_open_held_stalled_or_late()
    {
        FaultProxy proxy = FaultProxy.Start(_server.Port(), new FaultProxyOptions { TimeProvider = _time });
        (Socket open, Socket first) = await ConnectAsync(proxy);
        proxy.ToClient = new ProxyFaults { Latency = TimeSpan.FromHours(1) };
        (Socket late, Socket second) = await ConnectAsync(proxy);
        await second.SendAsync("late"u8.ToArray());
        proxy.ToServer = new ProxyFaults { Flow = ProxyFlow.Stall };
        (Socket stalled, Socket third) = await ConnectAsync(proxy);
        proxy.Accepting = AcceptMode.Hold;
        using var held = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await held.ConnectAsync(proxy.EndPoint);
        await Deadline.UntilAsync(() => proxy.Statistics is { Open: 4, BytesFromServer: 4 }, "all to be open");

        await Deadline.Within(proxy.DisposeAsync().AsTask());

        Assert.Equal(0, proxy.Statistics.Open);
        foreach (Socket socket in (Socket[])[open, late, stalled, held, first, second, third])
        {
            Assert.Equal("ConnectionReset", await EndAsync(socket, expected: 0));
            socket.Dispose();
        }

        using var after = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => after.ConnectAsync(proxy.EndPoint));
        await proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("ws://127.0.0.1:1/a?b=c")]
    [InlineData("wss://localhost/a?b=c")]
    public async Task An_address_through_the_proxy_differs_in_its_port_only(string url)
    {
        await using FaultProxy proxy = FaultProxy.Start(new DnsEndPoint("localhost", _server.Port()));
        var through = new Uri(proxy.Through(url));
        Assert.Equal(proxy.EndPoint.Port, through.Port);
        Assert.Equal(new Uri(url).Host + "/a?b=c", through.Host + through.PathAndQuery);
    }

    private async Task<(Socket Client, Socket Server)> ConnectAsync(FaultProxy proxy)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(proxy.EndPoint);
        Socket server = await _server.AcceptSocketAsync(Deadline.Token);
        server.NoDelay = true;
        return (client, server);
    }

    private static async Task<string> EndOfConnectAsync(FaultProxy proxy)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await client.ConnectAsync(proxy.EndPoint);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }

        return await EndAsync(client, expected: 0);
    }

    private bool AdvanceUntil(FaultProxy proxy, int sent)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return proxy.Statistics.BytesToClients == sent;
    }

    private static void Close(Socket client, Socket server)
    {
        client.Dispose();
        server.Dispose();
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    private static async Task<string> ReceiveAsync(Socket socket, int count) => Encoding.ASCII.GetString(await ReceiveBytesAsync(socket, count));

    private static async Task<byte[]> ReceiveBytesAsync(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        int got = 0;
        while (got < count)
        {
            int n = await socket.ReceiveAsync(bytes.AsMemory(got), SocketFlags.None, Deadline.Token);
            if (n == 0)
            {
                break;
            }

            got += n;
        }

        return bytes[..got];
    }

    /// <summary>Reads what is expected and then the end: <c>end</c> or the socket error.</summary>
    private static async Task<string> EndAsync(Socket socket, int expected)
    {
        Assert.Equal(expected, (await ReceiveBytesAsync(socket, expected)).Length);
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], SocketFlags.None, Deadline.Token));
            return "end";
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
    }
}
