using System;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>One TLS handshake as a client. Whatever goes wrong in it becomes one type with a reason; the runtime has been seen to let index errors escape (RELIABILITY A2).</summary>
internal sealed class TlsHandshake(Uri url, TlsOptions options)
{
    /// <summary>The extended key usage of a TLS server (RFC 5280 section 4.2.1.12).</summary>
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private readonly CertificateCheck _check = new(options);

    /// <summary>Performs the handshake over a stream, which it owns from now on.</summary>
    /// <param name="inner">The connection.</param>
    /// <param name="blocks">Whether to block the calling thread; then the task is complete when it is returned.</param>
    /// <param name="cancellationToken">Gives up; where this blocks, only together with closing the socket.</param>
    /// <exception cref="TlsException">There is no TLS to be had.</exception>
    public async Task<SslStream> PerformAsync(Stream inner, bool blocks, CancellationToken cancellationToken)
    {
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            if (blocks)
            {
#pragma warning disable CA1849 // Blocking is what was asked for: an asynchronous call would register the socket with the engine.
                stream.AuthenticateAsClient(Settings());
#pragma warning restore CA1849
            }
            else
            {
                await stream.AuthenticateAsClientAsync(Settings(), cancellationToken).ConfigureAwait(false);
            }

            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw Failure(e);
        }
    }

    private SslClientAuthenticationOptions Settings()
    {
        var settings = new SslClientAuthenticationOptions
        {
            TargetHost = options.TargetHost ?? url.IdnHost,
            EnabledSslProtocols = options.Protocols,
            ClientCertificates = options.ClientCertificates,
            ClientCertificateContext = options.ClientCertificateContext,
            LocalCertificateSelectionCallback = options.SelectClientCertificate,
            CertificateRevocationCheckMode = options.RevocationMode,
            ApplicationProtocols = options.ApplicationProtocols.Count > 0 ? [.. options.ApplicationProtocols] : null,
            AllowTlsResume = options.AllowTlsResume,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => _check.Accepts(certificate, chain, errors),
        };
        if (options.TrustedRoots is { } roots)
        {
            // A policy of one's own replaces what the runtime would set, the server's usage and the revocation mode included.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = options.RevocationMode,
                RevocationFlag = X509RevocationFlag.ExcludeRoot,
            };
            policy.ApplicationPolicy.Add(new Oid(ServerUsage));
            policy.CustomTrustStore.AddRange(roots);
            settings.CertificateChainPolicy = policy;
        }

        return settings;
    }

    private TlsException Failure(Exception cause)
    {
        if (_check.Refusal is { } refusal)
        {
            return new TlsException(url, refusal, _check.Words, cause);
        }

        TlsFailureReason reason = TlsFault.ReasonOf(cause);
        string words = reason switch
        {
            TlsFailureReason.ConnectionLost => "the connection was lost during the TLS handshake",
            TlsFailureReason.Garbage => "the TLS handshake failed: what came is not TLS",
            TlsFailureReason.ProtocolVersion => "the TLS handshake failed: no TLS version that both sides accept",
            TlsFailureReason.Alert => $"the TLS handshake failed: the server sent alert {TlsFault.AlertOf(cause)}",
            _ when cause is AuthenticationException => "the TLS handshake failed: " + cause.Message,
            _ => $"the TLS handshake failed ({cause.GetType().Name})",
        };
        return new TlsException(url, reason, words, cause);
    }
}
