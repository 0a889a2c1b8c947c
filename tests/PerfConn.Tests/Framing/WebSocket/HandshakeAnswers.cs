using System;
using System.Collections.Generic;
using System.Linq;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>Answers to the handshake of RFC 6455 section 1.3, whose key is "the sample nonce": the good one, and every way we know to spoil it.</summary>
internal static class HandshakeAnswers
{
    public const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private const string Upgrade = "Upgrade: websocket\r\n";
    private const string Connection = "Connection: Upgrade\r\n";
    private const string AcceptLine = "Sec-WebSocket-Accept: " + Accept + "\r\n";

    public static string Good { get; } = "HTTP/1.1 101 Switching Protocols\r\n" + Upgrade + Connection + AcceptLine + "\r\n";

    /// <summary>Answers in odd but legal forms. The endpoint offers the subprotocols <c>chat</c> and <c>v2.ticks</c>.</summary>
    public static IReadOnlyDictionary<string, string> Legal { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["as in the RFC"] = Good,
        ["no reason phrase"] = Good.Replace(" Switching Protocols", " ", StringComparison.Ordinal),
        ["no space after the code"] = Good.Replace(" Switching Protocols", "", StringComparison.Ordinal),
        ["reason in Latin-1"] = Good.Replace("Switching", "Umst\u00e4ndlich\t", StringComparison.Ordinal),
        ["names in odd case"] = Good.Replace("Upgrade:", "uPGRADE:", StringComparison.Ordinal).Replace("Sec-WebSocket-Accept", "sec-websocket-ACCEPT", StringComparison.Ordinal),
        ["values in odd case"] = Good.Replace("websocket\r", "WebSocket\r", StringComparison.Ordinal).Replace(": Upgrade", ": uPgRaDe", StringComparison.Ordinal),
        ["no space after the colon"] = Good.Replace(": ", ":", StringComparison.Ordinal),
        ["much space around values"] = Good.Replace(": ", ": \t  ", StringComparison.Ordinal).Replace("websocket\r", "websocket \t \r", StringComparison.Ordinal),
        ["headers in another order"] = "HTTP/1.1 101 x\r\n" + AcceptLine + Connection + Upgrade + "\r\n",
        ["more connection tokens"] = With("Connection: keep-alive, Upgrade\r\n", without: Connection),
        ["connection tokens on two lines"] = With("Connection: keep-alive\r\n"),
        ["empty connection elements"] = With("Connection: , ,Upgrade,\r\n", without: Connection),
        ["other headers"] = With("Server: x/1.0\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nX-Empty:\r\nX-Odd: a:b,c=\"d\"\r\n"),
        ["a header in Latin-1"] = With("X-Name: \u00fc\r\n"),
        ["an offered subprotocol"] = With("Sec-WebSocket-Protocol: chat\r\n"),
        ["64 headers"] = With(Many(61)),
        ["a line of 8 KiB"] = With("X-Long: " + new string('x', 8192 - 8) + "\r\n"),
        ["a head of 32 KiB"] = With(
            string.Concat(Enumerable.Repeat("X-Long: " + new string('x', 8000) + "\r\n", 4)) + "X-Rest: " + new string('x', (32 * 1024) - 10 - (4 * 8010) - Good.Length) + "\r\n"),
    };

    /// <summary>Answers that must be refused.</summary>
    public static IReadOnlyDictionary<string, string> Bad { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["nothing but the end of a head"] = "\r\n\r\n",
        ["HTTP/1.0"] = Good.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal),
        ["HTTP/2"] = Good.Replace("HTTP/1.1", "HTTP/2", StringComparison.Ordinal),
        ["HTTP/1.2"] = Good.Replace("HTTP/1.1", "HTTP/1.2", StringComparison.Ordinal),
        ["HTTP/1.10"] = Good.Replace("HTTP/1.1", "HTTP/1.10", StringComparison.Ordinal),
        ["http in lower case"] = Good.Replace("HTTP/1.1", "http/1.1", StringComparison.Ordinal),
        ["another protocol"] = Good.Replace("HTTP/1.1", "ICY", StringComparison.Ordinal),
        ["SSH"] = "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        ["no version"] = Good.Replace("HTTP/1.1 ", "", StringComparison.Ordinal),
        ["space before the version"] = " " + Good,
        ["empty line before the status line"] = "\r\n" + Good,
        ["tab after the version"] = Good.Replace("HTTP/1.1 ", "HTTP/1.1\t", StringComparison.Ordinal),
        ["two spaces after the version"] = Good.Replace("HTTP/1.1 ", "HTTP/1.1  ", StringComparison.Ordinal),
        ["no status code"] = "HTTP/1.1 \r\n" + Upgrade + Connection + AcceptLine + "\r\n",
        ["status of two digits"] = Good.Replace("101", "10", StringComparison.Ordinal),
        ["status of four digits"] = Good.Replace("101", "1010", StringComparison.Ordinal),
        ["status 001"] = Good.Replace("101", "001", StringComparison.Ordinal),
        ["status +101"] = Good.Replace("101", "+101", StringComparison.Ordinal),
        ["status in hexadecimal"] = Good.Replace("101", "0x65", StringComparison.Ordinal),
        ["status not a number"] = Good.Replace("101", "1O1", StringComparison.Ordinal),
        ["status glued to the reason"] = Good.Replace("101 ", "101", StringComparison.Ordinal),
        ["carriage return in the status line"] = Good.Replace("Switching", "Swit\rching", StringComparison.Ordinal),
        ["line feed in the status line"] = Good.Replace("Switching", "Swit\nching", StringComparison.Ordinal),
        ["NUL in the status line"] = Good.Replace("Switching", "Swit\0ching", StringComparison.Ordinal),
        ["lines that end with LF only, then CRLF"] = Good.Replace("\r\n", "\n", StringComparison.Ordinal) + "\r\n\r\n",
        ["status 100"] = "HTTP/1.1 100 Continue\r\n\r\n" + Good,
        ["status 200 with all headers"] = Good.Replace("101", "200", StringComparison.Ordinal),
        ["status 200 with a page"] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ["status 204"] = "HTTP/1.1 204 No Content\r\n\r\n",
        ["status 301"] = "HTTP/1.1 301 Moved\r\nLocation: ws://elsewhere/\r\n\r\n",
        ["status 400"] = "HTTP/1.1 400 Bad Request\r\n\r\n",
        ["status 401"] = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n",
        ["status 403"] = "HTTP/1.1 403 Forbidden\r\n\r\n",
        ["status 426"] = "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8\r\n\r\n",
        ["status 429"] = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n\r\n",
        ["status 503"] = "HTTP/1.1 503 Busy\r\n\r\n",
        ["status 999"] = Good.Replace("101", "999", StringComparison.Ordinal),
        ["no Upgrade"] = With("", without: Upgrade),
        ["empty Upgrade"] = With("Upgrade:\r\n", without: Upgrade),
        ["Upgrade to notwebsocket"] = With("Upgrade: notwebsocket\r\n", without: Upgrade),
        ["Upgrade to websockets"] = With("Upgrade: websockets\r\n", without: Upgrade),
        ["Upgrade to h2c"] = With("Upgrade: h2c\r\n", without: Upgrade),
        ["Upgrade to two"] = With("Upgrade: websocket, h2c\r\n", without: Upgrade),
        ["Upgrade twice"] = With(Upgrade),
        ["no Connection"] = With("", without: Connection),
        ["Connection notupgrade"] = With("Connection: notupgrade\r\n", without: Connection),
        ["Connection upgraded"] = With("Connection: upgraded\r\n", without: Connection),
        ["Connection with upgrade as a part"] = With("Connection: keep-alive upgrade\r\n", without: Connection),
        ["Connection close"] = With("Connection: close\r\n", without: Connection),
        ["Connection quoted"] = With("Connection: \"Upgrade\"\r\n", without: Connection),
        ["Connection in Cyrillic"] = With("Connection: Upgr\u00e0de\r\n", without: Connection),
        ["no Accept"] = With("", without: AcceptLine),
        ["empty Accept"] = With("Sec-WebSocket-Accept:\r\n", without: AcceptLine),
        ["Accept of another key"] = With("Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n", without: AcceptLine),
        ["Accept in another case"] = With($"Sec-WebSocket-Accept: {Accept.ToUpperInvariant()}\r\n", without: AcceptLine),
        ["Accept without padding"] = With($"Sec-WebSocket-Accept: {Accept[..^1]}\r\n", without: AcceptLine),
        ["Accept with more after it"] = With($"Sec-WebSocket-Accept: {Accept}x\r\n", without: AcceptLine),
        ["Accept echoes the key"] = With("Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n", without: AcceptLine),
        ["Accept quoted"] = With($"Sec-WebSocket-Accept: \"{Accept}\"\r\n", without: AcceptLine),
        ["Accept twice"] = With(AcceptLine),
        ["Accept twice, one wrong"] = With("Sec-WebSocket-Accept: x\r\n"),
        ["extension not offered"] = With("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
        ["extension with parameters"] = With("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99\r\n"),
        ["unknown extension"] = With("Sec-WebSocket-Extensions: foo, bar; baz=2\r\n"),
        ["extension header without one"] = With("Sec-WebSocket-Extensions:\r\n"),
        ["subprotocol not offered"] = With("Sec-WebSocket-Protocol: superchat\r\n"),
        ["subprotocol in another case"] = With("Sec-WebSocket-Protocol: CHAT\r\n"),
        ["empty subprotocol"] = With("Sec-WebSocket-Protocol:\r\n"),
        ["two subprotocols"] = With("Sec-WebSocket-Protocol: chat, v2.ticks\r\n"),
        ["two subprotocol headers"] = With("Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n"),
        ["folded header"] = With("X-Folded: a\r\n b\r\n"),
        ["folded with a tab"] = With("X-Folded: a\r\n\tb: c\r\n"),
        ["folded at once"] = Good.Replace("Protocols\r\n", "Protocols\r\n X: y\r\n", StringComparison.Ordinal),
        ["header without a colon"] = With("Nonsense\r\n"),
        ["header without a name"] = With(": value\r\n"),
        ["space before the colon"] = With("X-Name : value\r\n"),
        ["space in a name"] = With("X Name: value\r\n"),
        ["NUL in a name"] = With("X\0Name: value\r\n"),
        ["non-ASCII in a name"] = With("X-N\u00e4me: value\r\n"),
        ["NUL in a value"] = With("X-Name: va\0lue\r\n"),
        ["lone CR in a value"] = With("X-Name: va\rlue\r\n"),
        ["lone LF in a value"] = With("X-Name: value\nUpgrade: websocket\r\n", without: Upgrade),
        ["65 headers"] = With(Many(62)),
        ["a line of 8 KiB and one byte"] = With("X-Long: " + new string('x', 8192 - 7) + "\r\n"),
        ["a status line too long"] = Good.Replace("Switching", new string('S', 8192), StringComparison.Ordinal),
        ["a head of 32 KiB and one byte"] = Legal["a head of 32 KiB"].Replace("Switching", "SSwitching", StringComparison.Ordinal),
        ["an endless line"] = "HTTP/1.1 101 " + new string('x', 100_000),
        ["endless headers"] = "HTTP/1.1 101 x\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 20_000)),
        ["TLS alert"] = "\u0015\u0003\u0001\0\u0002\u0002\u0046",
    };

    private static string With(string lines, string? without = null)
    {
        string rest = without is null ? Good : Good.Replace(without, "", StringComparison.Ordinal);
        return rest[..^2] + lines + "\r\n";
    }

    private static string Many(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: {i}\r\n"));
}
