using System;
using System.IO;
using System.Net.Sockets;
using System.Security.Authentication;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Reads out of a failed TLS operation what failed. With OpenSSL the innermost exception carries the library's error code as its HResult, which is a number and no
/// prose; with another library the reason is <see cref="TlsFailureReason.Other"/> and the message has what it said.
/// </summary>
internal static class TlsFault
{
    /// <summary>The SSL part of OpenSSL (ERR_LIB_SSL); an error code is the part's number, 23 bits up, and a reason (openssl/err.h).</summary>
    private const int LibrarySsl = 20;
    private const int LibraryShift = 23;
    private const int ReasonMask = (1 << LibraryShift) - 1;

    /// <summary>An alert that came is told as a reason from here on (SSL_AD_REASON_OFFSET in openssl/ssl.h).</summary>
    private const int AlertOffset = 1000;
    private const int AlertEnd = AlertOffset + 256;

    /// <summary>RFC 8446 section 6.2.</summary>
    private const int AlertProtocolVersion = 70;

    public static TlsFailureReason ReasonOf(Exception cause) => cause switch
    {
        IOException or SocketException or ObjectDisposedException => TlsFailureReason.ConnectionLost,

        // The runtime's own word, before the library has seen a byte, for what has no TLS record in it.
        AuthenticationException { InnerException: null } => TlsFailureReason.Garbage,
        AuthenticationException => SslReasonOf(cause) is { } reason ? ReasonOf(reason) : TlsFailureReason.Other,
        _ => TlsFailureReason.Other,
    };

    /// <summary>The alert's number; null when it was none.</summary>
    public static int? AlertOf(Exception cause) => SslReasonOf(cause) is >= AlertOffset and < AlertEnd and int reason ? reason - AlertOffset : null;

    /// <summary>The numbers are those of openssl/sslerr.h.</summary>
    private static TlsFailureReason ReasonOf(int reason) => reason switch
    {
        AlertOffset + AlertProtocolVersion => TlsFailureReason.ProtocolVersion,
        >= AlertOffset and < AlertEnd => TlsFailureReason.Alert,

        // No protocols available, unsupported protocol, wrong SSL version.
        191 or 258 or 266 => TlsFailureReason.ProtocolVersion,

        // What this side will not do, although the peer speaks well: no ciphers in common, keys or hashes too weak.
        181 or 193 or 394 or 396 or 397 or 398 or 399 => TlsFailureReason.Other,
        _ => TlsFailureReason.Garbage,
    };

    private static int? SslReasonOf(Exception cause)
    {
        for (Exception? e = cause; e is not null; e = e.InnerException)
        {
            if (e.HResult >> LibraryShift == LibrarySsl)
            {
                return e.HResult & ReasonMask;
            }
        }

        return null;
    }
}
