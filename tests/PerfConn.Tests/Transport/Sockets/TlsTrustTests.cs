using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Net;
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

/// <summary>What TLS options add to the check of a certificate, and that they can only add.</summary>
public sealed class TlsTrustTests : IDisposable
{
    private static readonly string s_otherPin = Convert.ToBase64String(new byte[32]);

    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;

    public TlsTrustTests() => _certificate = _authority.Issue();

    public static TheoryData<ReceiveMode> Modes => [ReceiveMode.Async, ReceiveMode.Thread];

    public void Dispose() => _authority.Dispose();

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Own_roots_are_trusted_with_a_pin_of_any_key_of_the_chain(ReceiveMode mode)
    {
        string[][] pinned = [[], [TlsOptions.PinOf(_certificate)], [s_otherPin, "sha256/" + TlsOptions.PinOf(_authority.Root)]];
        foreach (string[] pins in pinned)
        {
            using var venue = new TlsVenue(_certificate);
            Task<TlsVisit?> accepting = venue.AcceptAsync();
            await using ITransport transport = await ConnectAsync(Trusting() with { PinnedKeys = pins }, venue.Url, mode);
            await using TlsVisit? visit = await Deadline.Within(accepting);
            await ReadGreetingAsync(transport);
            await transport.Input.CompleteAsync();
            Assert.Equal(mode == ReceiveMode.Async, NativeFlags.IsNonBlocking(transport));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_key_that_is_not_pinned_is_refused_even_with_the_dangerous_switch(ReceiveMode mode)
    {
        // An unverified chain may hold anybody's certificates, so with the switch only the server's own key counts.
        (TlsOptions Tls, string[] Pins)[] cases =
        [
            (Trusting(), [s_otherPin]),
            (new TlsOptions { DangerouslyAcceptAnyCertificate = true }, [s_otherPin]),
            (new TlsOptions { DangerouslyAcceptAnyCertificate = true }, [TlsOptions.PinOf(_authority.Root)]),
        ];
        foreach ((TlsOptions tls, string[] pins) in cases)
        {
            Assert.Equal(TlsFailureReason.PinMismatch, (await RefusedAsync(tls with { PinnedKeys = pins }, mode)).Reason);
        }
    }

    /// <summary>Anybody can send somebody else's certificate along; only a verified chain says that its key has signed anything.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public async Task An_intermediates_pin_counts_in_a_verified_chain_only(ReceiveMode mode)
    {
        using TestAuthority below = _authority.Subordinate();
        using X509Certificate2 certificate = below.Issue();
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(certificate, [below.Root], offline: true);
        using var venue = new TlsVenue(() => new SslServerAuthenticationOptions { ServerCertificateContext = context });
        string[] pins = [TlsOptions.PinOf(below.Root)];

        Task<TlsVisit?> accepting = venue.AcceptAsync();
        await using ITransport transport = await ConnectAsync(Trusting() with { PinnedKeys = pins }, venue.Url, mode);
        await using TlsVisit? visit = await Deadline.Within(accepting);

        int elements = 0;
        bool Count(X509Certificate2 shown, X509Chain chain) => (elements = chain.ChainElements.Count) > 0;
        var dangerous = new TlsOptions { DangerouslyAcceptAnyCertificate = true, FurtherCheck = Count };
        Task<TlsVisit?> second = venue.AcceptAsync();
        await using ITransport careless = await ConnectAsync(dangerous, venue.Url, mode);
        await using TlsVisit? visit2 = await Deadline.Within(second);
        Assert.True(elements > 1, "the intermediate is in the unverified chain");

        Task<TlsVisit?> refusing = venue.AcceptAsync();
        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(dangerous with { PinnedKeys = pins }, venue.Url, mode));
        Assert.Equal(TlsFailureReason.PinMismatch, e.Reason);
        await using TlsVisit? visit3 = await Deadline.Within(refusing);
    }

    [Fact]
    public void A_pin_that_is_no_hash_is_refused_when_it_is_set()
    {
        foreach (string pin in (string[])["", "sha256/", "AAAA", Convert.ToBase64String(new byte[33]), new string('!', 44), "sha1/" + s_otherPin])
        {
            Assert.Throws<ArgumentException>(() => new TlsOptions { PinnedKeys = [pin] });
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_further_check_can_refuse_what_passed_and_is_not_asked_about_what_did_not(ReceiveMode mode)
    {
        int asked = 0;
        bool Check(X509Certificate2 shown, X509Chain chain)
        {
            asked++;
            return shown.Equals(_certificate) && chain.ChainElements.Count == 2 && asked > 3;
        }

        TlsOptions checking = Trusting() with { FurtherCheck = Check };
        Assert.Equal(TlsFailureReason.RefusedByCheck, (await RefusedAsync(checking, mode)).Reason);
        Assert.Equal(1, asked);
        Assert.Equal(TlsFailureReason.PinMismatch, (await RefusedAsync(checking with { PinnedKeys = [s_otherPin] }, mode)).Reason);
        Assert.Equal(TlsFailureReason.UntrustedRoot, (await RefusedAsync(new TlsOptions { FurtherCheck = Check }, mode)).Reason);
        Assert.Equal(1, asked);

        asked = 10;
        using var venue = new TlsVenue(_certificate);
        Task<TlsVisit?> accepting = venue.AcceptAsync();
        await using ITransport transport = await ConnectAsync(checking, venue.Url, mode);
        await using TlsVisit? visit = await Deadline.Within(accepting);
        Assert.Equal(11, asked);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_further_check_that_throws_refuses(ReceiveMode mode)
    {
        TlsException e = await RefusedAsync(Trusting() with { FurtherCheck = (_, _) => throw new InvalidOperationException("canary") }, mode);

        Assert.Equal(TlsFailureReason.RefusedByCheck, e.Reason);
        Assert.DoesNotContain("canary", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Client_certificates_are_shown_and_may_be_selected(ReceiveMode mode)
    {
        using X509Certificate2 first = _authority.Issue("first.test", usage: TestAuthority.ClientUsage);
        using X509Certificate2 second = _authority.Issue("second.test", usage: TestAuthority.ClientUsage);
        (TlsOptions Tls, X509Certificate2? Expected)[] cases =
        [
            (Trusting(), null),
            (Trusting() with { ClientCertificates = [first] }, first),
            (Trusting() with { ClientCertificates = [first, second], SelectClientCertificate = (_, _, _, _, _) => second }, second),
            (Trusting() with { ClientCertificateContext = SslStreamCertificateContext.Create(second, [], offline: true) }, second),
        ];
        foreach ((TlsOptions tls, X509Certificate2? expected) in cases)
        {
            using var venue = new TlsVenue(() => new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            });
            Task<TlsVisit?> accepting = venue.AcceptAsync();
            await using ITransport transport = await ConnectAsync(tls, venue.Url, mode);
            await using TlsVisit visit = (await Deadline.Within(accepting))!;
            Assert.Equal(expected?.Thumbprint, (visit.Stream.RemoteCertificate as X509Certificate2)?.Thumbprint);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task An_application_protocol_is_offered_only_when_asked_for(ReceiveMode mode)
    {
        foreach (bool offers in (bool[])[false, true])
        {
            using var venue = new TlsVenue(() => new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            });
            Task<TlsVisit?> accepting = venue.AcceptAsync();
            await using ITransport transport = await ConnectAsync(
                offers ? Trusting() with { ApplicationProtocols = [SslApplicationProtocol.Http11] } : Trusting(), venue.Url, mode);
            await using TlsVisit visit = (await Deadline.Within(accepting))!;
            Assert.Equal(offers ? SslApplicationProtocol.Http11 : default, visit.Stream.NegotiatedApplicationProtocol);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_host_is_told_to_the_server(ReceiveMode mode)
    {
        string? told = null;
        using X509Certificate2 other = _authority.Issue("other.test");
        using var venue = new TlsVenue(() => new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, host) =>
            {
                told = host;
                return host == "other.test" ? other : _certificate;
            },
        });
        foreach (string? target in (string?[])[null, "other.test"])
        {
            Task<TlsVisit?> accepting = venue.AcceptAsync();
            await using ITransport transport = await ConnectAsync(Trusting() with { TargetHost = target }, venue.Url, mode);
            await using TlsVisit? visit = await Deadline.Within(accepting);
            Assert.Equal(target ?? "localhost", told);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_second_connection_resumes_the_session_if_allowed_and_is_checked_all_the_same(ReceiveMode mode)
    {
        foreach (bool allowed in (bool[])[true, false])
        {
            // The client's sessions are kept by host name and for the whole process: at "localhost" another test's would take the place of this one's.
            string host = $"resume-{mode}-{allowed}.test";
            using X509Certificate2 certificate = _authority.Issue(host);
            using var venue = new TlsVenue(certificate);
            string url = $"wss://{host}:{venue.Port}/";
            TlsOptions tls = Trusting() with { AllowTlsResume = allowed };

            // The first stays open: of the contexts that nobody uses the framework drops the oldest, and with them the sessions and the keys of the tickets.
            (ITransport firstTransport, TlsVisit firstVisit) = await VisitAsync();
            await using ITransport first = firstTransport;
            await using TlsVisit before = firstVisit;
            (ITransport secondTransport, TlsVisit secondVisit) = await VisitAsync();
            await using ITransport second = secondTransport;
            await using TlsVisit after = secondVisit;

            Assert.Equal((false, false), (before.WasOfferedResumption, before.Resumed));
            Assert.Equal((allowed, allowed), (after.WasOfferedResumption, after.Resumed));

            Task<TlsVisit?> refusing = venue.AcceptAsync();
            TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(tls with { PinnedKeys = [s_otherPin] }, url, mode));
            Assert.Equal(TlsFailureReason.PinMismatch, e.Reason);
            await using TlsVisit? refused = await Deadline.Within(refusing);

            async Task<(ITransport Transport, TlsVisit Visit)> VisitAsync()
            {
                Task<TlsVisit?> accepting = venue.AcceptAsync();
                ITransport transport = await ConnectAsync(tls, url, mode);
                TlsVisit visit = (await Deadline.Within(accepting))!;

                // The ticket comes behind the handshake: who never reads never has one.
                await ReadGreetingAsync(transport);
                await transport.Input.CompleteAsync();
                return (transport, visit);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_revoked_certificate_is_refused_and_not_to_know_is_a_refusal(ReceiveMode mode)
    {
        using TcpListener lists = Loopback.Listen();
        foreach (string path in (string[])["none", "good", "revoked"])
        {
            // A path of its own each time: the system keeps the lists it has fetched.
            using X509Certificate2 certificate = _authority.Issue(revocationList: new Uri($"http://127.0.0.1:{lists.Port()}/{Guid.NewGuid():N}"));
            byte[]? list = path == "none" ? null : _authority.RevocationList(path == "revoked" ? [certificate] : []);
            using var stop = new CancellationTokenSource();
            Task serving = ServeListsAsync(lists, list, stop.Token);
            using var venue = new TlsVenue(certificate);
            Task<TlsVisit?> accepting = venue.AcceptAsync();
            TlsOptions tls = Trusting() with { RevocationMode = X509RevocationMode.Online };
            if (path == "good")
            {
                await (await ConnectAsync(tls, venue.Url, mode)).DisposeAsync();
            }
            else
            {
                TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(tls, venue.Url, mode));
                Assert.Equal(path == "none" ? TlsFailureReason.RevocationUnknown : TlsFailureReason.Revoked, e.Reason);
            }

            await stop.CancelAsync();
            await Deadline.Within(serving);
            await using TlsVisit? visit = await Deadline.Within(accepting);
        }
    }

    internal static Task<ITransport> ConnectAsync(TlsOptions tls, string url, ReceiveMode mode, CancellationToken cancellationToken = default)
    {
        var factory = new SocketTransportFactory(new SocketTransportOptions { Tls = tls, Resolver = new ScriptedResolver("127.0.0.1") });
        return Deadline.Within(factory.ConnectAsync(Endpoint.Parse(url) with { ReceiveMode = mode }, cancellationToken).AsTask());
    }

    internal static async Task ReadGreetingAsync(ITransport transport)
    {
        ReadResult read = await Deadline.Within(transport.Input.ReadAsync().AsTask());
        Assert.Equal("hello"u8, read.Buffer.ToArray());
        transport.Input.AdvanceTo(read.Buffer.End);
    }

    private TlsOptions Trusting() => new() { TrustedRoots = [_authority.Root] };

    private async Task<TlsException> RefusedAsync(TlsOptions tls, ReceiveMode mode)
    {
        using var venue = new TlsVenue(_certificate);
        Task<TlsVisit?> accepting = venue.AcceptAsync();
        TlsException e = await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(tls, venue.Url, mode));
        await using TlsVisit? visit = await Deadline.Within(accepting);
        return e;
    }

    private static async Task ServeListsAsync(TcpListener lists, byte[]? list, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using Socket client = await lists.AcceptSocketAsync(stop);
                await client.ReceiveAsync(new byte[4096], stop);
                string head = list is null
                    ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    : $"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\nContent-Length: {list.Length}\r\nConnection: close\r\n\r\n";
                await client.SendAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(head), .. list ?? []], stop);
                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
