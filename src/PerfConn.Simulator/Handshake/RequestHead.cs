using System;
using System.Collections.Generic;
using System.Text;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Simulator.Handshake;

/// <summary>The head of an HTTP/1.1 request, parsed strictly.</summary>
internal sealed class RequestHead
{
    private readonly List<(string Name, string Value)> _headers = [];

    private RequestHead(string method, string target)
    {
        Method = method;
        Target = target;
    }

    public string Method { get; }

    /// <summary>Path and query as sent.</summary>
    public string Target { get; }

    /// <summary>Parses a head that ends with an empty line.</summary>
    /// <returns>Null, with the status to answer, when it breaks the grammar (RFC 9112 sections 3 and 5) or a limit.</returns>
    public static RequestHead? Parse(ReadOnlySpan<byte> head, out int status)
    {
        status = 400;
        int end = head.IndexOf("\r\n"u8);
        RequestHead? request = end < 0 ? null : ParseLine(head[..end]);
        while (request is not null)
        {
            head = head[(end + 2)..];
            end = head.IndexOf("\r\n"u8);
            if (end <= 0)
            {
                return end == 0 ? request : null;
            }

            if (request._headers.Count == HandshakeLimits.MaxHeaders || end > HandshakeLimits.MaxLine)
            {
                status = 431;
                return null;
            }

            if (!request.TryAddHeader(head[..end]))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The only value of a header; null when it is absent or there are several.</summary>
    public string? Single(string name)
    {
        string? value = null;
        foreach ((string Name, string Value) header in _headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (value is not null)
                {
                    return null;
                }

                value = header.Value;
            }
        }

        return value;
    }

    /// <summary>Whether there is such a header.</summary>
    public bool Has(string name) => _headers.Exists(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a comma-separated header has this token, compared whole and without case.</summary>
    public bool HasToken(string name, string token) => _headers.Exists(header =>
        header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        && Array.Exists(header.Value.Split(',', StringSplitOptions.TrimEntries), part => part.Equals(token, StringComparison.OrdinalIgnoreCase)));

    /// <summary>request-line = method SP request-target SP HTTP-version; the target in origin form.</summary>
    private static RequestHead? ParseLine(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1 || !line[(last + 1)..].SequenceEqual("HTTP/1.1"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> target = line[(first + 1)..last];
        string method = Encoding.Latin1.GetString(line[..first]);
        return target[0] != '/' || target.ContainsAnyExceptInRange((byte)'!', (byte)'~') || !HandshakeRequest.IsToken(method)
            ? null
            : new RequestHead(method, Encoding.ASCII.GetString(target));
    }

    private bool TryAddHeader(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        string name = colon <= 0 ? "" : Encoding.Latin1.GetString(line[..colon]);
        ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
        if (!HandshakeRequest.IsToken(name) || value.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
        {
            return false;
        }

        _headers.Add((name, Encoding.Latin1.GetString(value)));
        return true;
    }
}
