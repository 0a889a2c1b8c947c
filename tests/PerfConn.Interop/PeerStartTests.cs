using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Interop;

/// <summary>Each peer starts and listens; what fails here is this machine's, not PerfConn's.</summary>
public class PeerStartTests
{
    [PeerFact("ws", "websockets", "nginx", "haproxy", "tinyproxy", "danted", "microsocks", "openssl")]
    public async Task Every_peer_starts()
    {
        using var certificate = new ServerCertificate();
        await using Peer ws = await Foreign.WsAsync(deflate: true);
        await using Peer websockets = await Foreign.WebsocketsAsync(deflate: true);
        await using Peer nginx = await Foreign.NginxAsync(certificate, ws.Port);
        await using Peer haproxy = await Foreign.HaproxyAsync(certificate, ws.Port);
        await using Peer tinyproxy = await Foreign.TinyproxyAsync();
        await using Peer dante = await Foreign.DanteAsync();
        await using Peer microsocks = await Foreign.MicrosocksAsync();
        await using Peer openssl = await Foreign.OpensslAsync(certificate, "-rev");
        Assert.NotEqual(0, openssl.Port);
    }
}
