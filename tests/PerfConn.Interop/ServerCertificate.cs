using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PerfConn.Interop;

/// <summary>A certificate authority made on the spot and a certificate for <c>localhost</c> signed by it.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private readonly X509Certificate2 _leaf;

    public ServerCertificate()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=PerfConn interop authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        Authority = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=localhost", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        leaf.CertificateExtensions.Add(names.Build());
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using X509Certificate2 signed = leaf.Create(Authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        _leaf = signed.CopyWithPrivateKey(leafKey);
    }

    /// <summary>What a client has to trust.</summary>
    public X509Certificate2 Authority { get; }

    public void WriteTo(string folder)
    {
        string chain = _leaf.ExportCertificatePem() + "\n" + Authority.ExportCertificatePem() + "\n";
        using ECDsa key = _leaf.GetECDsaPrivateKey()!;
        string privateKey = key.ExportPkcs8PrivateKeyPem() + "\n";
        File.WriteAllText(Path.Combine(folder, "chain.pem"), chain);
        File.WriteAllText(Path.Combine(folder, "key.pem"), privateKey);
        File.WriteAllText(Path.Combine(folder, "both.pem"), chain + privateKey);
    }

    public void Dispose()
    {
        _leaf.Dispose();
        Authority.Dispose();
    }
}
