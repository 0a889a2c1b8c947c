using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

public sealed class UnixSocketTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"perfconn {Guid.NewGuid():N}.sock");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public UnixSocketTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen(1);
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [InlineData(ReceiveMode.Async, false)]
    [InlineData(ReceiveMode.Async, true)]
    [InlineData(ReceiveMode.Thread, false)]
    [InlineData(ReceiveMode.Thread, true)]
    public async Task Bytes_go_both_ways(ReceiveMode mode, bool raw)
    {
        Task<Socket> accepting = _listener.AcceptAsync();
        await using ITransport transport = raw
            ? await new SocketTransportFactory().ConnectAsync(Endpoint.Parse("unix://" + _path) with { ReceiveMode = mode }, Deadline.Token)
            : await ConnectAsync(mode);
        using Socket server = await Deadline.Within(accepting);
        await transport.Output.WriteAsync("from the client"u8.ToArray());
        var received = new byte[15];
        Assert.Equal(15, await server.ReceiveAsync(received, Deadline.Token));
        Assert.Equal("from the client"u8, received);
        await server.SendAsync("hello"u8.ToArray());
        await TlsTrustTests.ReadGreetingAsync(transport);
        await transport.Input.CompleteAsync();
        Assert.Equal(_path, transport.RemoteEndPoint!.ToString());
        Assert.Equal(mode == ReceiveMode.Async, NativeFlags.IsNonBlocking(transport));
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_socket_that_is_not_there_is_named(ReceiveMode mode)
    {
        File.Delete(_path);

        ConnectException e = await Assert.ThrowsAsync<ConnectException>(() => ConnectAsync(mode));

        Assert.Contains(_path, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_full_queue_ends_in_an_error_or_when_the_caller_says(ReceiveMode mode)
    {
        Socket[] fillers = [.. Enumerable.Range(0, 2).Select(_ => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))];
        foreach (Socket filler in fillers)
        {
            await filler.ConnectAsync(new UnixDomainSocketEndPoint(_path), Deadline.Token);
        }

        using var giveUp = new CancellationTokenSource();
        Task<ITransport> connecting = ConnectAsync(mode, giveUp.Token);
        await giveUp.CancelAsync();
        Exception e = await Record.ExceptionAsync(() => Deadline.Within(connecting));

        Assert.True(e is ConnectException or ConnectCanceledException, e?.ToString());
        Array.ForEach(fillers, filler => filler.Dispose());
    }

    [Theory]
    [InlineData("ws+unix:///run/a.sock:/stream?x=1", "/run/a.sock", "ws://localhost/stream?x=1")]
    [InlineData("ws+unix:///run/a%20b.sock:/", "/run/a b.sock", "ws://localhost/")]
    [InlineData("ws+unix:///run/a.sock", "/run/a.sock", "ws://localhost/")]
    [InlineData("ws+unix:///run/a.sock:/b:c", "/run/a.sock", "ws://localhost/b:c")]
    [InlineData("ws+unix:/run/a.sock:/b", "/run/a.sock", "ws://localhost/b")]
    public void An_address_of_one_says_its_path_and_what_is_asked_for_there(string address, string path, string url)
    {
        Endpoint endpoint = Endpoint.Parse(address);

        Assert.Equal((path, url, false), (endpoint.UnixSocket, endpoint.Url.AbsoluteUri, endpoint.IsSecure));
    }

    [Fact]
    public void A_raw_address_of_one_is_its_path()
    {
        Endpoint endpoint = Endpoint.Parse("unix:///run/a%20b.sock");

        Assert.Equal(("/run/a b.sock", true, false, "unix:///run/a%20b.sock"), (endpoint.UnixSocket, endpoint.IsRaw, endpoint.IsSecure, endpoint.ToString()));
        foreach (string wrong in (string[])["unix:///", "unix://host/a.sock", "unix:///a.sock?x=1"])
        {
            Assert.ThrowsAny<ArgumentException>(() => Endpoint.Parse(wrong));
        }
    }

    [Fact]
    public void Its_text_names_the_path_and_hides_the_query() =>
        Assert.Equal("ws://localhost/s?token=*** at /run/a.sock", Endpoint.Parse("ws+unix:///run/a.sock:/s?token=canary").ToString());

    [Fact]
    public void A_path_that_the_system_cannot_take_is_refused_at_once()
    {
        foreach (string path in (string[])["", "/a\0b", "/" + new string('x', 200)])
        {
            Assert.ThrowsAny<ArgumentException>(() => Endpoint.Parse("ws://localhost/") with { UnixSocket = path });
        }

        Assert.ThrowsAny<ArgumentException>(() => Endpoint.Parse("ws+unix:///"));
        Assert.ThrowsAny<ArgumentException>(() => Endpoint.Parse("ws+unix://host/run/a.sock"));
    }

    private Task<ITransport> ConnectAsync(ReceiveMode mode, CancellationToken cancellationToken = default) =>
        Deadline.Within(new SocketTransportFactory().ConnectAsync(
            Endpoint.Parse("ws://localhost/") with { UnixSocket = _path, ReceiveMode = mode }, cancellationToken).AsTask());
}
