using System;
using System.Collections.Generic;
using System.Text;

namespace PerfConn.Framing.WebSocket;

/// <summary>The head of the server's answer: status and headers, parsed strictly.</summary>
internal sealed class HandshakeResponse
{
    private readonly List<(string Name, string Value)> _headers = [];

    private HandshakeResponse(int status) => Status = status;

    public int Status { get; }

    /// <summary>Parses a head that ends with an empty line.</summary>
    /// <returns>Null with the reason when it is not an HTTP/1.1 head within the limits.</returns>
    public static HandshakeResponse? Parse(ReadOnlySpan<byte> head, out string error)
    {
        error = "";
        HandshakeResponse? response = null;
        while (true)
        {
            int end = head.IndexOf("\r\n"u8);
            if (end > HandshakeLimits.MaxLine)
            {
                error = $"a line of the answer is longer than {HandshakeLimits.MaxLine} bytes";
                return null;
            }

            if (end <= 0)
            {
                error = response is null ? "the answer has no status line" : "";
                return response;
            }

            ReadOnlySpan<byte> line = head[..end];
            head = head[(end + 2)..];
            if (response is null)
            {
                response = ParseStatus(line, out error);
            }
            else if (!response.TryAddHeader(line, out error))
            {
                return null;
            }

            if (response is null)
            {
                return null;
            }
        }
    }

    /// <summary>All values of a header, in order, joined by commas as RFC 9110 section 5.3 allows; null when absent.</summary>
    public string? Header(string name)
    {
        string? joined = null;
        foreach ((string Name, string Value) header in _headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                joined = joined is null ? header.Value : joined + ", " + header.Value;
            }
        }

        return joined;
    }

    /// <summary>Whether a comma-separated header has this token, compared whole and without case.</summary>
    public bool HasToken(string name, string token)
    {
        foreach (string part in (Header(name) ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4).</summary>
    private static HandshakeResponse? ParseStatus(ReadOnlySpan<byte> line, out string error)
    {
        error = "the answer is not HTTP/1.1";
        if (!line.StartsWith("HTTP/1.1 "u8) || line.Length < 12 || (line.Length > 12 && line[12] != ' ') || HasLineBreak(line))
        {
            return null;
        }

        ReadOnlySpan<byte> code = line.Slice(9, 3);
        if (code.ContainsAnyExceptInRange((byte)'0', (byte)'9') || code[0] == '0')
        {
            return null;
        }

        error = "";
        return new HandshakeResponse(((code[0] - '0') * 100) + ((code[1] - '0') * 10) + (code[2] - '0'));
    }

    /// <summary>Whether another reader might see a line's end inside: a lone CR or LF, or NUL (RFC 9112 section 2.2, RFC 9110 section 5.5).</summary>
    private static bool HasLineBreak(ReadOnlySpan<byte> text) => text.ContainsAny((byte)'\r', (byte)'\n', (byte)0);

    /// <summary>field-line = field-name ":" OWS field-value OWS (RFC 9112 section 5); folding is refused.</summary>
    private bool TryAddHeader(ReadOnlySpan<byte> line, out string error)
    {
        int colon = line.IndexOf((byte)':');
        string name = colon <= 0 ? "" : Encoding.Latin1.GetString(line[..colon]);
        ReadOnlySpan<byte> value = colon <= 0 ? default : line[(colon + 1)..].Trim(" \t"u8);
        if (!HandshakeRequest.IsToken(name) || HasLineBreak(value))
        {
            error = "the answer has a malformed header line";
            return false;
        }

        if (_headers.Count == HandshakeLimits.MaxHeaders)
        {
            error = $"the answer has more than {HandshakeLimits.MaxHeaders} headers";
            return false;
        }

        error = "";
        _headers.Add((name, Encoding.Latin1.GetString(value)));
        return true;
    }
}
