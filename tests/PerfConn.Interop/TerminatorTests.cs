using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Interop;

/// <summary>nginx and haproxy end TLS in front of npm ws, with a certificate of an authority that only the line trusts.</summary>
public class TerminatorTests
{
    public static TheoryData<Way, bool> Ways() => ServerTests.Ways();

    [PeerTheory("nginx", "ws")]
    [MemberData(nameof(Ways))]
    public async Task Nginx(Way way, bool deflate)
    {
        using var certificate = new ServerCertificate();
        await using Peer server = await Foreign.WsAsync(deflate);
        await using Peer nginx = await Foreign.NginxAsync(certificate, server.Port);
        await MeetAsync(certificate, nginx, way, deflate);
    }

    [PeerTheory("haproxy", "ws")]
    [MemberData(nameof(Ways))]
    public async Task Haproxy(Way way, bool deflate)
    {
        using var certificate = new ServerCertificate();
        await using Peer server = await Foreign.WsAsync(deflate);
        await using Peer haproxy = await Foreign.HaproxyAsync(certificate, server.Port);
        await MeetAsync(certificate, haproxy, way, deflate);
    }

    private static async Task MeetAsync(ServerCertificate certificate, Peer terminator, Way way, bool deflate)
    {
        string url = $"wss://localhost:{terminator.Port}/echo";
        await Lines.EchoAsync(url, Lines.Options(way, deflate, certificate.Authority));

        // The same peer for one who does not know the authority.
        await Assert.ThrowsAsync<TlsException>(
            () => Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse(url), new Messages(), Lines.Options(way, deflate))));
    }
}
