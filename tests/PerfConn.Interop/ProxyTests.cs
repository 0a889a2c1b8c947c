using System;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.Proxies;
using Xunit;

namespace PerfConn.Interop;

/// <summary>Real proxies: tinyproxy (CONNECT, basic authentication), dante (SOCKS5) and microsocks (SOCKS5 with user and password).</summary>
public class ProxyTests
{
    private static readonly string s_httpPassword = Foreign.Password.Replace(":", "", StringComparison.Ordinal);

    public static TheoryData<Way> Ways() => [Way.Async, Way.Thread];

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

    private static async Task RefusedAsync(Way way, ProxyOptions proxy)
    {
        ProxyException e = await Assert.ThrowsAsync<ProxyException>(() => Limit.WithinAsync(
            MessageLine.ConnectAsync(Endpoint.Parse("ws://127.0.0.1:9/"), new Messages(), Lines.Options(way, proxy: proxy))));
        Assert.DoesNotContain(Foreign.Password, e.ToString(), StringComparison.Ordinal);
    }
}
