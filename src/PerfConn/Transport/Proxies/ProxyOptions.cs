using System;
using System.Text;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>A proxy to go through: HTTP CONNECT (RFC 9110 section 9.3.6) or SOCKS5 (RFC 1928). The venue's name is resolved by the proxy, never here.</summary>
/// <remarks>Immutable. <see cref="ToString"/> shows neither user name nor password.</remarks>
public sealed class ProxyOptions
{
    /// <summary>RFC 1929 section 2 gives one byte to either length; HTTP gets the same bound.</summary>
    private const int MaxCredential = 255;

    private readonly byte[] _userName = [];
    private readonly byte[] _password = [];

    /// <summary>Makes the settings of a proxy.</summary>
    /// <param name="address">
    /// <c>http://host:port</c> or <c>socks5://host:port</c>, without a path; the default ports are 80 and 1080. User info in it (escaped as in any URL) is taken for
    /// the credentials.
    /// </param>
    /// <param name="userName">The user name, if the proxy wants one: 1 to 255 bytes of UTF-8, without control characters, for HTTP without a colon.</param>
    /// <param name="password">The password: at most 255 bytes of UTF-8, without control characters.</param>
    /// <exception cref="ArgumentException">One of them is not as above. The message never repeats a credential.</exception>
    public ProxyOptions(Uri address, string? userName = null, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || !(address.Scheme is "http" or "socks5" or "socks5h") || address.Host.Length == 0 || address.PathAndQuery is not ("/" or ""))
        {
            throw new ArgumentException("A proxy's address is http://host:port or socks5://host:port.", nameof(address));
        }

        IsHttp = address.Scheme == "http";
        Host = address.IdnHost;
        Port = address.Port > 0 ? address.Port : 1080;
        Address = new UriBuilder(address.Scheme, address.Host, Port).Uri;
        if (userName is null && address.UserInfo.Length > 0)
        {
            int colon = address.UserInfo.IndexOf(':', StringComparison.Ordinal);
            userName = Uri.UnescapeDataString(colon < 0 ? address.UserInfo : address.UserInfo[..colon]);
            password ??= colon < 0 ? "" : Uri.UnescapeDataString(address.UserInfo[(colon + 1)..]);
        }

        if (userName is null)
        {
            return;
        }

        HasCredentials = true;
        _userName = Checked(userName, "user name", nameof(userName), isColonAllowed: !IsHttp);
        _password = Checked(password ?? "", "password", nameof(password), isColonAllowed: true);
        if (_userName.Length == 0)
        {
            throw new ArgumentException("A proxy's user name is not empty.", nameof(userName));
        }
    }

    /// <summary>The proxy's address, without credentials.</summary>
    public Uri Address { get; }

    /// <summary>
    /// How long the proxy may take to open the way, from the moment the connection to it stands; 1 ms to 30 days. Default: 5 s. The line's own deadline over the whole attempt runs
    /// beside it.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether there are credentials to show.</summary>
    public bool HasCredentials { get; }

    internal bool IsHttp { get; }

    internal string Host { get; }

    internal int Port { get; }

    internal ReadOnlySpan<byte> UserName => _userName;

    internal ReadOnlySpan<byte> Password => _password;

    /// <summary>The proxy's address, without credentials.</summary>
    public override string ToString() => Redactor.Redact(Address);

    internal void Check(OptionsCheck check) => check.Time(Timeout);

    /// <summary>A CR or LF would let the credential's author write headers of his own (RELIABILITY B79); NUL ends strings in some proxies.</summary>
    private static byte[] Checked(string credential, string what, string parameter, bool isColonAllowed)
    {
        foreach (char c in credential)
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || (c == ':' && !isColonAllowed))
            {
                throw new ArgumentException($"A proxy's {what} holds a character that must not go on the wire.", parameter);
            }
        }

        byte[] bytes = Encoding.UTF8.GetBytes(credential);
        return bytes.Length <= MaxCredential
            ? bytes
            : throw new ArgumentException($"A proxy's {what} is longer than {MaxCredential} bytes.", parameter);
    }
}
