using System;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>RELIABILITY B18, B19, B21 and D26: every way in which TLS is not to be had is refused, and typed, in both receive modes.</summary>
public sealed class TlsNegativeTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Faults_of_a_certificate_are_told_apart(ReceiveMode mode)
    {
        (X509Certificate2 Certificate, TlsFailureReason Reason)[] faults =
        [
            (_authority.Issue(from: -10, to: -1), TlsFailureReason.Expired),
            (_authority.Issue(from: 1, to: 10), TlsFailureReason.NotYetValid),
            (_authority.Issue("other.test"), TlsFailureReason.WrongHost),
            (_authority.Issue(usage: TestAuthority.ClientUsage), TlsFailureReason.WrongUsage),
            (TestCertificates.Localhost, TlsFailureReason.UntrustedRoot),
            (TestCertificates.OtherHost, TlsFailureReason.UntrustedRoot),
        ];
        foreach ((X509Certificate2 certificate, TlsFailureReason reason) in faults)
        {
            using var venue = new TlsVenue(certificate);
            Task<TlsVisit?> accepting = venue.AcceptAsync();

            TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(Trusting(), venue.Url, mode));

            Assert.Equal(reason, e.Reason);
            Assert.Contains($"the server's certificate was refused: {reason} (", e.Message, StringComparison.Ordinal);
            Assert.True(e.IsLasting);
            if (await Deadline.Within(accepting) is { } visit)
            {
                // TLS 1.3: the server is done before the client has judged; then its next read fails.
                await visit.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_certificate_of_an_authority_that_the_system_does_not_know_is_untrusted(ReceiveMode mode)
    {
        using var venue = new TlsVenue(_authority.Issue());
        Task<TlsVisit?> accepting = venue.AcceptAsync();

        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(new TlsOptions(), venue.Url, mode));

        Assert.Equal(TlsFailureReason.UntrustedRoot, e.Reason);
        await using TlsVisit? visit = await Deadline.Within(accepting);
    }

    /// <summary>What a server says in place of, or in the midst of, a handshake; a ServerHello of TLS 1.0 and 1.1 is written by hand, as no library does it any more.</summary>
    [Theory]
    [InlineData("485454502F312E31203430302042616420526571756573740D0A0D0A", TlsFailureReason.Garbage)]
    [InlineData("0000000000000000000000000000000000000000", TlsFailureReason.Garbage)]
    [InlineData("1603030005AABBCCDDEE", TlsFailureReason.Garbage)]
    [InlineData("15030300020228", TlsFailureReason.Alert)]
    [InlineData("15030100020246", TlsFailureReason.ProtocolVersion)]
    [InlineData("16030100310200002D0301AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA00002F000005FF01000100", TlsFailureReason.ProtocolVersion)]
    [InlineData("16030100310200002D0302AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA00002F000005FF01000100", TlsFailureReason.ProtocolVersion)]
    [InlineData("", TlsFailureReason.ConnectionLost)]
    [InlineData("1603030000", TlsFailureReason.ConnectionLost)]
    public async Task What_a_server_says_instead_of_a_handshake_is_typed(string hex, TlsFailureReason reason)
    {
        foreach (ReceiveMode mode in Enum.GetValues<ReceiveMode>())
        {
            using TcpListener listener = Loopback.Listen();
            Task serving = ServeAsync(listener, hex);

            TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(Trusting(), $"wss://localhost:{listener.Port()}/", mode));

            Assert.Equal(reason, e.Reason);
            Assert.Equal(reason != TlsFailureReason.ConnectionLost, e.IsLasting);
            await Deadline.Within(serving);
        }
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Versions_that_the_options_leave_out_are_refused(ReceiveMode mode)
    {
        X509Certificate2 certificate = _authority.Issue();
        using var venue = new TlsVenue(() => new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls12 });
        Task<TlsVisit?> accepting = venue.AcceptAsync();

        TlsException e = await Assert.ThrowsAsync<TlsException>(
            () => ConnectAsync(Trusting() with { Protocols = SslProtocols.Tls13 }, venue.Url, mode));

        Assert.Equal(TlsFailureReason.ProtocolVersion, e.Reason);
        Assert.Null(await Deadline.Within(accepting));
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_stalled_handshake_ends_when_its_caller_says_and_is_told_as_TLS(ReceiveMode mode)
    {
        using TcpListener listener = Loopback.Listen();
        using var giveUp = new CancellationTokenSource();
        Task<ITransport> connecting = ConnectAsync(Trusting(), $"wss://localhost:{listener.Port()}/", mode, giveUp.Token);
        using Socket server = await listener.AcceptSocketAsync(Deadline.Token);
        Assert.True(await server.ReceiveAsync(new byte[4096], Deadline.Token) > 0);
        await server.SendAsync(Convert.FromHexString("160303"));
        await giveUp.CancelAsync();

        Assert.Equal(ConnectStage.Tls, (await Assert.ThrowsAsync<ConnectCanceledException>(() => Deadline.Within(connecting))).Stage);
    }

    /// <summary>TLS 1.2 can ask for a handshake in the midst of the stream, and the runtime's client would agree by default.</summary>
    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_renegotiation_never_happens(ReceiveMode mode)
    {
        X509Certificate2 certificate = _authority.Issue();
        using var venue = new TlsVenue(() => new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = SslProtocols.Tls12,
            AllowRenegotiation = true,
        });
        Task<TlsVisit?> accepting = venue.AcceptAsync();
        await using ITransport transport = await ConnectAsync(Trusting() with { ClientCertificates = [certificate] }, venue.Url, mode);
        await using TlsVisit visit = (await Deadline.Within(accepting))!;
        await TlsTrustTests.ReadGreetingAsync(transport);

#pragma warning disable CA1416 // The tests run on Linux.
        Task asking = visit.Stream.NegotiateClientCertificateAsync(Deadline.Token);
#pragma warning restore CA1416
        Exception read = await Record.ExceptionAsync(() => Deadline.Within(transport.Input.ReadAsync().AsTask()));
        transport.Abort();

        await Assert.ThrowsAnyAsync<Exception>(() => Deadline.Within(asking));
        Assert.Null(visit.Stream.RemoteCertificate);
        Assert.IsType<NetworkException>(read);
        Assert.Contains("requested renegotiation", read.Message, StringComparison.Ordinal);
        await transport.Input.CompleteAsync();
    }

    private TlsOptions Trusting() => new() { TrustedRoots = [_authority.Root] };

    private static async Task ServeAsync(TcpListener listener, string hex)
    {
        using Socket server = await listener.AcceptSocketAsync(Deadline.Token);
        Assert.True(await server.ReceiveAsync(new byte[4096], Deadline.Token) > 0);
        await server.SendAsync(Convert.FromHexString(hex));
        server.Shutdown(SocketShutdown.Send);
        try
        {
            while (await server.ReceiveAsync(new byte[4096], Deadline.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset, because the client left something unread.
        }
    }

    private static Task<ITransport> ConnectAsync(TlsOptions tls, string url, ReceiveMode mode, CancellationToken cancellationToken = default) =>
        TlsTrustTests.ConnectAsync(tls, url, mode, cancellationToken);
}
