using System;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>Certificates made on the spot; nobody trusts them.</summary>
internal static class TestCertificates
{
    /// <summary>For <c>localhost</c> and 127.0.0.1.</summary>
    public static X509Certificate2 Localhost { get; } = Make("localhost", IPAddress.Loopback, TimeSpan.FromDays(-1), TimeSpan.FromDays(1));

    /// <summary>For a host that no test connects to.</summary>
    public static X509Certificate2 OtherHost { get; } = Make("other.test", null, TimeSpan.FromDays(-1), TimeSpan.FromDays(1));

    private static X509Certificate2 Make(string host, IPAddress? address, TimeSpan from, TimeSpan to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (address is not null)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now + from, now + to);

        // A key that has never left memory cannot be used by every platform's TLS: this one makes a detour through a file's bytes.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
