using System;
using System.Collections.Generic;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// TLS settings of a line. Renegotiation is always refused, the host name is always sent (SNI) and checked. Whatever is set here beyond the trusted roots can only
/// make the check of the server's certificate stricter; the one switch that does not is named for what it is.
/// </summary>
public sealed record TlsOptions
{
    private const string PinPrefix = "sha256/";

    private readonly IReadOnlyList<string> _pins = [];

    /// <summary>Versions allowed. Default: TLS 1.2 and 1.3.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The host name that is sent and must stand in the certificate. Default: null, that of the URL.</summary>
    public string? TargetHost { get; init; }

    /// <summary>Client certificates to offer; the runtime picks the one that fits what the server asks for. Default: none.</summary>
    public X509CertificateCollection? ClientCertificates { get; init; }

    /// <summary>A client certificate with the intermediates to send along. Default: none.</summary>
    public SslStreamCertificateContext? ClientCertificateContext { get; init; }

    /// <summary>Picks among <see cref="ClientCertificates"/>, knowing the issuers that the server accepts. Default: null, the runtime picks.</summary>
    public LocalCertificateSelectionCallback? SelectClientCertificate { get; init; }

    /// <summary>Roots of one's own that are trusted in place of the system's. Default: null, the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>
    /// Whether it is asked if a certificate has been revoked. Default: <see cref="X509RevocationMode.NoCheck"/>, as asking fetches lists over the network in the
    /// midst of a connect. Once asked, not to know is a refusal.
    /// </summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;

    /// <summary>
    /// Keys of which at least one must be in the server's chain (RFC 7469 section 2.4: SHA-256 over the SubjectPublicKeyInfo, base64, with or without
    /// <c>sha256/</c> in front). It comes on top of all other checks. Default: none, no pinning. Keep a spare pin for the day the key is changed.
    /// </summary>
    /// <exception cref="ArgumentException">One of them is not 32 bytes in base64.</exception>
    public IReadOnlyList<string> PinnedKeys
    {
        get => _pins;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            var pins = new string[value.Count];
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes + 1];
            for (int i = 0; i < pins.Length; i++)
            {
                pins[i] = value[i].StartsWith(PinPrefix, StringComparison.Ordinal) ? value[i][PinPrefix.Length..] : value[i];
                if (!Convert.TryFromBase64String(pins[i], hash, out int size) || size != SHA256.HashSizeInBytes)
                {
                    throw new ArgumentException($"Pin {i + 1} is not a SHA-256 hash in base64.", nameof(value));
                }
            }

            _pins = pins;
        }
    }

    /// <summary>
    /// A check of the caller's own, asked only about a certificate that has passed every other one; false refuses it, and so does an exception. It cannot accept
    /// what was refused. Runs on the connecting thread. Default: null.
    /// </summary>
    public Func<X509Certificate2, X509Chain, bool>? FurtherCheck { get; init; }

    /// <summary>
    /// Application protocols to offer (ALPN, RFC 7301), most wanted first. Default: none, which every server takes for what its port speaks; for <c>wss</c> that is
    /// HTTP/1.1. Set <see cref="SslApplicationProtocol.Http11"/> for a server that would otherwise choose HTTP/2.
    /// </summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [];

    /// <summary>
    /// Whether a later connection may resume the session of an earlier one, which saves a round trip (TLS 1.2) or the certificates (TLS 1.3). The certificate
    /// is checked again all the same. Default: true.
    /// </summary>
    public bool AllowTlsResume { get; init; } = true;

    /// <summary>
    /// Accepts any certificate from anybody. Only for tests against a server with a certificate made on the spot: a line with this switch is
    /// encrypted, but not to anyone in particular. Pins (of the server's own key) and the further check still hold. Default: false.
    /// </summary>
    public bool DangerouslyAcceptAnyCertificate { get; init; }

    /// <summary>The pin of a certificate's key, as <see cref="PinnedKeys"/> takes it.</summary>
    public static string PinOf(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    internal void Check(OptionsCheck check) => check
        .That(Enum.IsDefined(RevocationMode), $"RevocationMode has no value {RevocationMode}")
        .NotNull(ApplicationProtocols);
}
