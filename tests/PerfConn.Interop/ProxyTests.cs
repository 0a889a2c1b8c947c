using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.Delimited;
using PerfConn.Framing.Fix;
using PerfConn.Framing.LengthPrefixed;
using PerfConn.Transport;
using PerfConn.Transport.Proxies;
using Xunit;

namespace PerfConn.Interop;

/// <summary>Real proxies: tinyproxy (CONNECT, basic authentication), dante (SOCKS5) and microsocks (SOCKS5 with user and password).</summary>
public class ProxyTests
{
    private static readonly string s_httpPassword = Foreign.Password.Replace(":", "", StringComparison.Ordinal);

    public static TheoryData<Way> Ways() => [Way.Async, Way.Thread];

    [PeerTheory("tinyproxy", "openssl")]
    [MemberData(nameof(Ways))]
    public async Task Raw_lines_through_tinyproxy(Way way)
    {
        await using Peer proxy = await Foreign.TinyproxyAsync();
        await RawThroughAsync(way, new ProxyOptions(new Uri($"http://127.0.0.1:{proxy.Port}"), Foreign.User, s_httpPassword));
    }

    [PeerTheory("danted", "openssl")]
    [MemberData(nameof(Ways))]
    public async Task Raw_lines_through_dante(Way way)
    {
        await using Peer proxy = await Foreign.DanteAsync();
        await RawThroughAsync(way, new ProxyOptions(new Uri($"socks5://127.0.0.1:{proxy.Port}")));
    }

    [PeerTheory("microsocks", "openssl")]
    [MemberData(nameof(Ways))]
    public async Task Raw_lines_through_microsocks(Way way)
    {
        await using Peer proxy = await Foreign.MicrosocksAsync();
        await RawThroughAsync(way, new ProxyOptions(new Uri($"socks5://127.0.0.1:{proxy.Port}"), Foreign.User, Foreign.Password));
    }

    [PeerTheory("tinyproxy", "ws", "nginx")]
    [MemberData(nameof(Ways))]
    public async Task Tinyproxy(Way way)
    {
        await using Peer proxy = await Foreign.TinyproxyAsync();
        var address = new Uri($"http://127.0.0.1:{proxy.Port}");
        await ThroughAsync(way, new ProxyOptions(address, Foreign.User, s_httpPassword));
        await RefusedAsync(way, new ProxyOptions(address, Foreign.User, "wrong"));
        await RefusedAsync(way, new ProxyOptions(address));
    }

    [PeerTheory("danted", "ws", "nginx")]
    [MemberData(nameof(Ways))]
    public async Task Dante(Way way)
    {
        await using Peer proxy = await Foreign.DanteAsync();
        await ThroughAsync(way, new ProxyOptions(new Uri($"socks5://127.0.0.1:{proxy.Port}")));
    }

    [PeerTheory("microsocks", "ws", "nginx")]
    [MemberData(nameof(Ways))]
    public async Task Microsocks(Way way)
    {
        await using Peer proxy = await Foreign.MicrosocksAsync();
        var address = new Uri($"socks5://127.0.0.1:{proxy.Port}");
        await ThroughAsync(way, new ProxyOptions(address, Foreign.User, Foreign.Password));
        await RefusedAsync(way, new ProxyOptions(address, Foreign.User, "wrong"));
        await RefusedAsync(way, new ProxyOptions(address));
    }

    /// <summary>ws and wss through the proxy, which resolves the name.</summary>
    private static async Task ThroughAsync(Way way, ProxyOptions proxy)
    {
        using var certificate = new ServerCertificate();
        await using Peer server = await Foreign.WsAsync(deflate: false);
        await using Peer nginx = await Foreign.NginxAsync(certificate, server.Port);
        await Lines.EchoAsync($"ws://127.0.0.1:{server.Port}/echo", Lines.Options(way, proxy: proxy));
        await Lines.EchoAsync($"wss://localhost:{nginx.Port}/echo", Lines.Options(way, authority: certificate.Authority, proxy: proxy));
    }

    /// <summary>tcp and tls through the proxy: each framing against a server that sends back what comes, and lines against openssl, which reverses them.</summary>
    private static async Task RawThroughAsync(Way way, ProxyOptions proxy)
    {
        foreach (MessageFraming framing in (MessageFraming[])[new DelimitedFraming(), new LengthPrefixedFraming(), new FixFraming()])
        {
            using var server = new TcpListener(IPAddress.Loopback, 0);
            server.Start();
            Task serving = EchoAsync(server);
            int port = ((IPEndPoint)server.LocalEndpoint).Port;
            await SendAsync($"tcp://127.0.0.1:{port}", Lines.Options(way, proxy: proxy) with { Framing = framing }, (sent, received) => received.Contains(sent, StringComparison.Ordinal));
            await Limit.WithinAsync(serving);
        }

        using var certificate = new ServerCertificate();
        await using Peer openssl = await Foreign.OpensslAsync(certificate, "-rev");
        await SendAsync(
            $"tls://localhost:{openssl.Port}",
            Lines.Options(way, authority: certificate.Authority, proxy: proxy) with { Framing = new DelimitedFraming() },
            (sent, received) => received.SequenceEqual(sent.Reverse()));
    }

    private static async Task SendAsync(string url, LineOptions options, Func<string, string, bool> isAnswer)
    {
        var received = new Messages();
        await using MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse(url), received, options));
        for (int i = 0; i < 100; i++)
        {
            // The fields of a FIX message, which is text like another to the other framings.
            string text = $"35=X\u000134={i}\u0001";
            await Limit.WithinAsync(line.SendAsync(Encoding.ASCII.GetBytes(text).AsMemory(), isText: false).AsTask());
            string answer = Encoding.ASCII.GetString((await received.NextAsync()).Payload);
            Assert.True(isAnswer(text, answer), $"{text} was answered with {answer}");
        }
    }

    /// <summary>Sends back what one connection brings, until it ends.</summary>
    private static async Task EchoAsync(TcpListener server)
    {
        using TcpClient client = await server.AcceptTcpClientAsync();
        try
        {
            await client.GetStream().CopyToAsync(client.GetStream());
        }
        catch (IOException)
        {
            // A proxy may end a connection with a reset.
        }
    }

    private static async Task RefusedAsync(Way way, ProxyOptions proxy)
    {
        ProxyException e = await Assert.ThrowsAsync<ProxyException>(() => Limit.WithinAsync(
            MessageLine.ConnectAsync(Endpoint.Parse("ws://127.0.0.1:9/"), new Messages(), Lines.Options(way, proxy: proxy))));
        Assert.DoesNotContain(Foreign.Password, e.ToString(), StringComparison.Ordinal);
    }
}
