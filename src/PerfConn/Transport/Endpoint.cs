using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using PerfConn.Diagnostics;

namespace PerfConn.Transport;

/// <summary>Where a line connects to, and what it says when it arrives there.</summary>
public sealed record Endpoint
{
    private const string Schemes = "ws://, wss://, tcp://, tls:// or unix://";

    private readonly string? _unixSocket;

    /// <summary>Makes an endpoint.</summary>
    /// <param name="url">
    /// An absolute address: <c>ws://</c> or <c>wss://</c>, or of a raw connection <c>tcp://host:port</c> or <c>tls://host:port</c>, which have no default port
    /// and no path; or of a Unix domain socket, <c>ws+unix:///path.sock:/request?query</c> or, raw, <c>unix:///path.sock</c>.
    /// </param>
    /// <exception cref="ArgumentException">The address is relative or of another scheme, its host is no name, or a raw one is not host and port.</exception>
    public Endpoint(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (UnixAddress.TrySplit(url, out Uri? request, out string? path))
        {
            url = request;
            UnixSocket = path;
        }
        else if (UnixAddress.TryRaw(url, out path))
        {
            UnixSocket = path;
            Url = url;
            return;
        }

        if (!url.IsAbsoluteUri || !(url.Scheme is "ws" or "wss" or "tcp" or "tls") || url.Host.Length == 0)
        {
            throw new ArgumentException(
                $"{(url.IsAbsoluteUri ? $"An address of scheme '{url.Scheme}'" : "A relative address")} is not an absolute {Schemes} address.", nameof(url));
        }

        if (url.Scheme is "tcp" or "tls" && (url.Port <= 0 || url.PathAndQuery.Length > 1 || url.UserInfo.Length > 0 || url.Fragment.Length > 0))
        {
            throw new ArgumentException(
                url.Port <= 0
                    ? $"The address '{Redactor.Redact(url)}' names no port, and {url.Scheme}:// has no default."
                    : $"The address '{Redactor.Redact(url)}' has more than host and port, which means nothing to {url.Scheme}://.",
                nameof(url));
        }

        if (!HasEncodableHost(url))
        {
            throw new ArgumentException($"The host in '{Redactor.Redact(url)}' is not a name that can be resolved.", nameof(url));
        }

        Url = url;
    }

    /// <summary>The address. User info in it is sent as basic authentication with the opening handshake, unless <see cref="Headers"/> say otherwise.</summary>
    public Uri Url { get; }

    /// <summary>
    /// Path of the Unix domain socket to connect to in place of the address's host and port, at most 107 bytes; the address then only says what is asked for
    /// there. Set by an address of a Unix domain socket, too; beside a <c>wss</c> or <c>tls</c> address it gives TLS over one. Default: null, none. Only the socket
    /// transport knows them.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty, too long for the system, or holds a NUL.</exception>
    public string? UnixSocket
    {
        get => _unixSocket;
        init
        {
            if (value is not null)
            {
                // It knows the system's limits, and says so by an ArgumentException.
                _ = new UnixDomainSocketEndPoint(value.Contains('\0', StringComparison.Ordinal) ? "" : value);
            }

            _unixSocket = value;
        }
    }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsSecure => Url.Scheme is "wss" or "tls";

    /// <summary>Whether the address says WebSocket: <c>ws</c> or <c>wss</c>.</summary>
    public bool IsWebSocket => Url.Scheme is "ws" or "wss";

    /// <summary>Whether the address says a raw connection: <c>tcp</c>, <c>tls</c> or <c>unix</c>.</summary>
    public bool IsRaw => Url.Scheme is "tcp" or "tls" or UnixAddress.RawScheme;

    /// <summary>Which thread will read the connection; a transport that cannot serve it ignores it. Default: <see cref="Transport.ReceiveMode.Async"/>.</summary>
    public ReceiveMode ReceiveMode { get; init; }

    /// <summary>What the reader does between two polls in <see cref="ReceiveMode.Spin"/>. Default: <see cref="IdleStrategy.Busy"/>.</summary>
    public IdleStrategy Idle { get; init; }

    /// <summary>Further request headers of the opening handshake. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Subprotocols offered, most wanted first. Default: none.</summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Parses an address as a user types it.</summary>
    /// <exception cref="ArgumentException">
    /// It is not an absolute address of a known scheme, or a raw one is not host and port. The message says so in one line and does not repeat the text: what cannot be parsed
    /// cannot be redacted.
    /// </exception>
    public static Endpoint Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed)
            ? new Endpoint(parsed)
            : throw new ArgumentException($"The text ({url.Length} characters) is not an absolute {Schemes} address.", nameof(url));
    }

    /// <summary>The address with its secrets redacted; headers are not shown.</summary>
    public override string ToString() => UnixSocket is null || Url.Scheme == UnixAddress.RawScheme ? Redactor.Redact(Url) : $"{Redactor.Redact(Url)} at {UnixSocket}";

    /// <summary>
    /// User info in the URL as the value of an <c>Authorization</c> header (basic, RFC 7617); null when there is none, or when <see cref="Headers"/> have such a
    /// header of their own.
    /// </summary>
    internal string? BasicAuthorization()
    {
        bool hasOwn = Headers.Any(header => "Authorization".Equals(header.Key, StringComparison.OrdinalIgnoreCase));
        return Url.UserInfo.Length == 0 || hasOwn
            ? null
            : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Url.UserInfo)));
    }

    /// <summary>What of this endpoint must never be shown, for <see cref="Redactor.Redact(string, IEnumerable{string})"/>.</summary>
    internal IReadOnlyCollection<string> Secrets()
    {
        // Longest first: a secret that holds another is masked whole.
        IEnumerable<string> secrets = Redactor.SecretsOf(Url).Concat(Headers.Select(header => header.Value)).Concat(Subprotocols);
        return [.. secrets.Where(secret => secret is not null).OrderByDescending(secret => secret.Length)];
    }

    /// <summary><see cref="Uri"/> takes a host with a lone surrogate and throws only when it is encoded, which would be in the midst of a connect.</summary>
    private static bool HasEncodableHost(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}
