using System;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing.Delimited;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Interop;

/// <summary>Raw lines over TLS against <c>openssl s_server -rev</c>, which sends each line back reversed.</summary>
public class OpensslTests
{
    public static TheoryData<Way, string> Versions() => new()
    {
        { Way.Async, "-tls1_2" },
        { Way.Async, "-tls1_3" },
        { Way.Thread, "-tls1_2" },
        { Way.Thread, "-tls1_3" },
    };

    [PeerTheory("openssl")]
    [MemberData(nameof(Versions))]
    public async Task Lines_come_back_reversed(Way way, string version)
    {
        using var certificate = new ServerCertificate();
        await using Peer server = await Foreign.OpensslAsync(certificate, "-rev", version);
        var received = new Messages();
        LineOptions options = Options(way, certificate);
        await using MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse($"tls://localhost:{server.Port}"), received, options));
        foreach (string text in (string[])["tick", "a longer line of a raw feed"])
        {
            await Limit.WithinAsync(line.SendAsync(Encoding.ASCII.GetBytes(text).AsMemory(), isText: false).AsTask());
            char[] reversed = text.ToCharArray();
            Array.Reverse(reversed);
            Assert.Equal(new string(reversed), Encoding.ASCII.GetString((await received.NextAsync()).Payload));
        }
    }

    [PeerFact("openssl")]
    public async Task A_version_that_is_too_old_is_refused()
    {
        using var certificate = new ServerCertificate();
        await using Peer server = await Foreign.OpensslAsync(certificate, "-rev", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
        await Assert.ThrowsAsync<TlsException>(() => Limit.WithinAsync(
            MessageLine.ConnectAsync(Endpoint.Parse($"tls://localhost:{server.Port}"), new Messages(), Options(Way.Async, certificate))));
    }

    /// <summary>RELIABILITY B19: the server asks to negotiate anew in the middle of the stream (TLS 1.2; its <c>R</c> command).</summary>
    [PeerTheory("openssl")]
    [InlineData(Way.Async)]
    [InlineData(Way.Thread)]
    public async Task Renegotiation_ends_the_line(Way way)
    {
        using var certificate = new ServerCertificate();
        await using Peer server = await Foreign.OpensslAsync(certificate, "-tls1_2", "-legacy_renegotiation");
        var received = new Messages();
        await using MessageLine line = await Limit.WithinAsync(
            MessageLine.ConnectAsync(Endpoint.Parse($"tls://localhost:{server.Port}"), received, Options(way, certificate)));
        await server.TypeAsync("before\n");
        Assert.Equal("before", Encoding.ASCII.GetString((await received.NextAsync()).Payload));
        await server.TypeAsync("R\n");
        LineEnd end = await Limit.WithinAsync(line.Completion);
        Assert.NotNull(end.Error);
    }

    private static LineOptions Options(Way way, ServerCertificate certificate) =>
        Lines.Options(way, authority: certificate.Authority) with { Framing = new DelimitedFraming() };
}
