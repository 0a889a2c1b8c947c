using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>The check of one server's certificate, and why it was refused. Belongs to one handshake.</summary>
internal sealed class CertificateCheck(TlsOptions options)
{
    /// <summary>The gravest first: of several faults one is told.</summary>
    private static readonly (X509ChainStatusFlags Flags, TlsFailureReason Reason)[] s_chainFaults =
    [
        (X509ChainStatusFlags.Revoked, TlsFailureReason.Revoked),
        (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.ExplicitDistrust, TlsFailureReason.UntrustedRoot),
        (X509ChainStatusFlags.NotValidForUsage, TlsFailureReason.WrongUsage),
        (X509ChainStatusFlags.NotTimeValid, TlsFailureReason.Expired),
        (X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation, TlsFailureReason.RevocationUnknown),
    ];

    /// <summary>Why the certificate was refused; null while it was not.</summary>
    public TlsFailureReason? Refusal { get; private set; }

    /// <summary>The same in words.</summary>
    public string Words { get; private set; } = "";

    /// <summary>What TLS calls back.</summary>
    public bool Accepts(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is not X509Certificate2 certificate || chain is null)
        {
            return Refuse(TlsFailureReason.NoCertificate, "the server showed no certificate");
        }

        if (errors != SslPolicyErrors.None && !options.DangerouslyAcceptAnyCertificate)
        {
            TlsFailureReason reason = ReasonOf(errors, chain);
            return Refuse(reason, $"the server's certificate was refused: {reason} ({errors})");
        }

        // A chain that was not verified proves nothing above the server's own certificate: anybody may append somebody else's.
        IEnumerable<X509Certificate2> proven = errors == SslPolicyErrors.None ? chain.ChainElements.Select(element => element.Certificate) : [certificate];
        if (options.PinnedKeys.Count > 0 && !proven.Any(IsPinned))
        {
            return Refuse(TlsFailureReason.PinMismatch, "no key of the server's certificate chain is pinned");
        }

        if (options.FurtherCheck is { } check)
        {
            // Refused until it has said yes: a check that throws leaves it at that.
            Refuse(TlsFailureReason.RefusedByCheck, "the further check refused the server's certificate");
            if (!check(certificate, chain))
            {
                return false;
            }

            Refusal = null;
        }

        return true;
    }

    private bool IsPinned(X509Certificate2 certificate) => options.PinnedKeys.Contains(TlsOptions.PinOf(certificate), StringComparer.Ordinal);

    private bool Refuse(TlsFailureReason reason, string words)
    {
        (Refusal, Words) = (reason, words);
        return false;
    }

    private static TlsFailureReason ReasonOf(SslPolicyErrors errors, X509Chain chain)
    {
        X509ChainStatusFlags faults = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain.ChainStatus)
        {
            faults |= status.Status;
        }

        foreach ((X509ChainStatusFlags flags, TlsFailureReason reason) in s_chainFaults)
        {
            if ((faults & flags) != X509ChainStatusFlags.NoError && (reason is TlsFailureReason.Revoked or TlsFailureReason.UntrustedRoot || !IsNameWrong(errors)))
            {
                return reason == TlsFailureReason.Expired && IsEarly(chain) ? TlsFailureReason.NotYetValid : reason;
            }
        }

        return IsNameWrong(errors) ? TlsFailureReason.WrongHost : TlsFailureReason.InvalidChain;
    }

    private static bool IsNameWrong(SslPolicyErrors errors) => (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None;

    private static bool IsEarly(X509Chain chain) => chain.ChainElements.Any(element => element.Certificate.NotBefore > chain.ChainPolicy.VerificationTime);
}
