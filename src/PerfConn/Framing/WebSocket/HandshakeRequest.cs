using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using PerfConn.Transport;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// The client's opening handshake, RFC 6455 section 4.1. Whatever comes from outside is held against the grammar before a byte leaves: a CR or
/// LF in a header, a subprotocol or the URL would let its author write headers of his own (RELIABILITY B79).
/// </summary>
internal static class HandshakeRequest
{
    private static readonly SearchValues<char> s_tokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Makes the request.</summary>
    /// <exception cref="ArgumentException">A header, subprotocol or the URL holds a character that must not go on the wire; names which.</exception>
    public static byte[] Create(Endpoint endpoint, string key, DeflateOptions? deflate = null)
    {
        var text = new StringBuilder(256);
        text.Append("GET ").Append(RequestTarget(endpoint.Url)).Append(" HTTP/1.1\r\n");
        text.Append("Host: ").Append(Host(endpoint.Url)).Append("\r\n");
        text.Append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
        text.Append("Sec-WebSocket-Version: 13\r\n");
        text.Append("Sec-WebSocket-Key: ").Append(key).Append("\r\n");
        if (deflate is not null)
        {
            text.Append("Sec-WebSocket-Extensions: ").Append(DeflateOffer.Create(deflate)).Append("\r\n");
        }

        AppendSubprotocols(text, endpoint.Subprotocols);
        if (endpoint.BasicAuthorization() is { } authorization)
        {
            text.Append("Authorization: ").Append(authorization).Append("\r\n");
        }

        foreach (KeyValuePair<string, string> header in endpoint.Headers)
        {
            CheckHeader(header.Key, header.Value);
            text.Append(header.Key).Append(": ").Append(header.Value).Append("\r\n");
        }

        text.Append("\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Whether the text is an RFC 9110 section 5.6.2 token.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_tokenChars);

    private static string RequestTarget(Uri url)
    {
        // Uri escapes what does not belong into a target; this is the belt to those braces.
        string target = url.PathAndQuery;
        Debug.Assert(target.StartsWith('/'), "an absolute ws address has a path");
        return target.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? throw new ArgumentException("The URL's path or query holds a character that must not go on the wire.", nameof(url))
            : target;
    }

    private static string Host(Uri url)
    {
        string host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        return url.IsDefaultPort ? host : $"{host}:{url.Port}";
    }

    private static void AppendSubprotocols(StringBuilder text, IReadOnlyList<string> subprotocols)
    {
        for (int i = 0; i < subprotocols.Count; i++)
        {
            if (!IsToken(subprotocols[i]))
            {
                throw new ArgumentException($"Subprotocol {i + 1} is not a token (RFC 9110 section 5.6.2).", nameof(subprotocols));
            }

            text.Append(i == 0 ? "Sec-WebSocket-Protocol: " : ", ").Append(subprotocols[i]);
        }

        if (subprotocols.Count > 0)
        {
            text.Append("\r\n");
        }
    }

    private static void CheckHeader(string name, string value)
    {
        if (!IsToken(name))
        {
            throw new ArgumentException("A header's name is not a token (RFC 9110 section 5.6.2).", nameof(name));
        }

        if (IsOwn(name))
        {
            throw new ArgumentException($"Header '{name}' belongs to the handshake itself.", nameof(name));
        }

        if (value is null)
        {
            throw new ArgumentException($"Header '{name}' has no value.", nameof(value));
        }

        foreach (char c in value)
        {
            if (c is not (>= ' ' and <= '~' or '\t'))
            {
                throw new ArgumentException($"The value of header '{name}' holds a character that must not go on the wire.", nameof(value));
            }
        }
    }

    private static bool IsOwn(string name)
    {
        foreach (string own in (ReadOnlySpan<string>)["Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding"])
        {
            if (name.Equals(own, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase);
    }
}
