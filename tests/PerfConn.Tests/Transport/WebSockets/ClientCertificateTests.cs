using System;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Tests.Faults;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Tests.Transport.WebSockets;

/// <summary>Client certificates over the framework's client: a server that demands one sees the one that the options name, and without it there is no line.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    /// <summary>
    /// A client has done its part of TLS 1.3 before the server looks at its certificate (RFC 8446 section 4.4.2.4), and .NET's server looks after that in TLS 1.2 too. So what is
    /// refused is the upgrade: by an end of the stream or by a reset, as the kernel has it.
    /// </summary>
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_server_that_demands_a_certificate_is_shown_it_and_refuses_who_has_none(SslProtocols version)
    {
        using X509Certificate2 certificate = _authority.Issue("engine.test", usage: TestAuthority.ClientUsage);
        using X509Certificate2 stranger = _authority.Issue("stranger.test", usage: TestAuthority.ClientUsage);
        string? shown = null;
        await using AspNetServer server = await AspNetServer.StartHttpAsync(
            async context =>
            {
                shown = context.Connection.ClientCertificate?.Thumbprint;
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
                await AspNetServer.EchoAsync(socket, context.RequestAborted);
            },
            secure: https =>
            {
                https.ServerCertificate = TestCertificates.Localhost;
                https.SslProtocols = version;
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (seen, _, _) => seen.Thumbprint == certificate.Thumbprint;
            });

        foreach (X509CertificateCollection? certificates in (X509CertificateCollection?[])[null, [stranger]])
        {
            ConnectionException refused = await Assert.ThrowsAnyAsync<ConnectionException>(() => ConnectAsync(server.Url, certificates));
            Assert.True(refused is HandshakeException or NetworkException or TlsException, refused.ToString());
            Assert.Contains("localhost", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", refused.Message, StringComparison.Ordinal);
        }

        Assert.Null(shown);

        var messages = new Payloads(1);
        await using Line line = await ConnectAsync(server.Url, [certificate], messages);
        await Deadline.Within(messages.Enough);
        Assert.Equal(["hello"], messages.All);
        Assert.Equal(certificate.Thumbprint, shown);
    }

    private static Task<Line> ConnectAsync(string url, X509CertificateCollection? certificates, Payloads? messages = null) =>
        Deadline.Within(Line.ConnectAsync(Faults.PlainProtocol.At(url), messages ?? new Payloads(), new LineOptions
        {
            Transport = new ClientWebSocketTransportFactory(new ClientWebSocketTransportOptions
            {
                DangerouslyAcceptAnyCertificate = true,
                ClientCertificates = certificates,
            }),
        }));
}
