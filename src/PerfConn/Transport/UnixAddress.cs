using System;
using System.Diagnostics.CodeAnalysis;

namespace PerfConn.Transport;

/// <summary>
/// Addresses of Unix domain sockets, as nginx and npm's <c>ws</c> write them: <c>ws+unix:///path.sock:/request?query</c>. What stands before the colon is the
/// socket's path, what stands behind it the request's. A raw connection is <c>unix:///path.sock</c>.
/// </summary>
internal static class UnixAddress
{
    public const string WebSocketScheme = "ws+unix";

    public const string RawScheme = "unix";

    /// <summary>The path in the address of a raw connection, <c>unix:///path.sock</c>; false when it is of another scheme or has more than a path.</summary>
    public static bool TryRaw(Uri url, [NotNullWhen(true)] out string? path)
    {
        bool isRaw = url.IsAbsoluteUri && url.Scheme == RawScheme && url.Host.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;
        path = isRaw ? Uri.UnescapeDataString(url.AbsolutePath) : null;
        return path is { Length: > 1 };
    }

    /// <summary>Takes such an address apart; false when it is of another scheme.</summary>
    /// <param name="url">The address.</param>
    /// <param name="request">The address that the handshake speaks of: host <c>localhost</c>, as the socket has none.</param>
    /// <param name="path">The socket's path.</param>
    public static bool TrySplit(Uri url, [NotNullWhen(true)] out Uri? request, [NotNullWhen(true)] out string? path)
    {
        (request, path) = (null, null);
        if (!url.IsAbsoluteUri || url.Scheme != WebSocketScheme || url.Host.Length > 0)
        {
            return false;
        }

        int colon = url.AbsolutePath.IndexOf(':', StringComparison.Ordinal);
        path = Uri.UnescapeDataString(colon < 0 ? url.AbsolutePath : url.AbsolutePath[..colon]);
        string target = colon < 0 ? "/" : url.AbsolutePath[(colon + 1)..];
        request = new Uri("ws://localhost" + (target.StartsWith('/') ? target : "/" + target) + url.Query);
        return path.Length > 1;
    }
}
