using System;
using System.Buffers;
using System.Text;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// Reads a value of <c>Sec-WebSocket-Extensions</c>, RFC 6455 section 9.1: extension *( ";" name [ "=" ( token | quoted-string ) ] ), where what is quoted must be
/// a token too.
/// </summary>
internal ref struct ExtensionReader(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> s_delimiters = SearchValues.Create(" \t;,=\"");

    private ReadOnlySpan<char> _rest = text.Trim(" \t");

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryReadSeparator(char separator)
    {
        if (_rest.IsEmpty || _rest[0] != separator)
        {
            return false;
        }

        _rest = _rest[1..].TrimStart(" \t");
        return true;
    }

    public bool TryReadToken(out ReadOnlySpan<char> token)
    {
        int length = _rest.IndexOfAny(s_delimiters);
        token = length < 0 ? _rest : _rest[..length];
        _rest = _rest[token.Length..].TrimStart(" \t");
        return HandshakeRequest.IsToken(token);
    }

    /// <summary>Reads a name, and its value where it has one.</summary>
    public bool TryReadParameter(out ReadOnlySpan<char> name, out string? value)
    {
        value = null;
        if (!TryReadToken(out name))
        {
            return false;
        }

        if (!TryReadSeparator('='))
        {
            return true;
        }

        if (_rest is ['"', ..])
        {
            return TryReadQuoted(out value);
        }

        bool isToken = TryReadToken(out ReadOnlySpan<char> token);
        value = token.ToString();
        return isToken;
    }

    private bool TryReadQuoted(out string? value)
    {
        var content = new StringBuilder();
        int at = 1;
        while (at < _rest.Length && _rest[at] != '"')
        {
            // A backslash stands before a character that is meant as it is (RFC 9110 section 5.6.4).
            at += _rest[at] == '\\' && at + 1 < _rest.Length ? 1 : 0;
            content.Append(_rest[at++]);
        }

        value = content.ToString();
        if (at == _rest.Length || !HandshakeRequest.IsToken(value))
        {
            return false;
        }

        _rest = _rest[(at + 1)..].TrimStart(" \t");
        return true;
    }
}
