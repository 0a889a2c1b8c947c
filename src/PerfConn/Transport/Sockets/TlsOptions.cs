using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace PerfConn.Transport.Sockets;

/// <summary>TLS settings of a line. Renegotiation is always refused, the host name is always sent (SNI) and checked.</summary>
public sealed record TlsOptions
{
    /// <summary>Versions allowed. Default: TLS 1.2 and 1.3.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The host name that is sent and must stand in the certificate. Default: null, that of the URL.</summary>
    public string? TargetHost { get; init; }

    /// <summary>Client certificates to offer. Default: none.</summary>
    public X509CertificateCollection? ClientCertificates { get; init; }

    /// <summary>
    /// Accepts any certificate from anybody. Only for tests against a server with a certificate made on the spot: a line with this switch is
    /// encrypted, but not to anyone in particular. Default: false.
    /// </summary>
    public bool DangerouslyAcceptAnyCertificate { get; init; }
}
