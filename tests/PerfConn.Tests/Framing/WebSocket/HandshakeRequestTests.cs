using System;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>Whatever a user's strings hold, the request has the lines it should have and no other (RELIABILITY B79).</summary>
public class HandshakeRequestTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private static readonly string[] s_ownLines =
        ["GET / HTTP/1.1", "Host: h", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + Key];

    /// <summary>Any strings, half of them seasoned with what would break a line or a list.</summary>
    private static Arbitrary<string> Hostile { get; } = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Where(text => text is not null),
        Gen.Elements("\r", "\n", "\r\n", "\0", "\t", " ", ":", ",", ";", "\"", "/", "?", "#", "@", "%0d%0a", "\u00e9", "\u2028", "\u010a", "x", "Host", "\ud800", "\x7f")
            .ArrayOf().Select(string.Concat)).ToArbitrary();

    [Fact]
    public void A_header_name_goes_out_whole_or_not_at_all() => Check(text =>
        Lines(Bare() with { Headers = [new(text, "v")] }) is not { } lines
        || (HandshakeRequest.IsToken(text) && lines.SequenceEqual([.. s_ownLines, text + ": v"], StringComparer.Ordinal)));

    [Fact]
    public void A_header_value_goes_out_whole_or_not_at_all() => Check(text =>
        Lines(Bare() with { Headers = [new("X-Name", text)] }) is not { } lines
        || lines.SequenceEqual([.. s_ownLines, "X-Name: " + text], StringComparer.Ordinal));

    [Fact]
    public void A_subprotocol_goes_out_whole_or_not_at_all() => Check(text =>
        Lines(Bare() with { Subprotocols = ["a", text] }) is not { } lines
        || (HandshakeRequest.IsToken(text) && lines.SequenceEqual([.. s_ownLines, $"Sec-WebSocket-Protocol: a, {text}"], StringComparer.Ordinal)));

    [Fact]
    public void A_path_or_query_stays_in_the_request_line() => Check(text =>
        TryEndpoint("ws://h/" + text) is not { } endpoint || Lines(endpoint) is not { } lines
        || (lines.Length == s_ownLines.Length && lines[0].Split(' ') is ["GET", ['/', ..], "HTTP/1.1"] && lines.Skip(1).SequenceEqual(s_ownLines.Skip(1), StringComparer.Ordinal)));

    [Fact]
    public void A_host_stays_in_its_line() => Check(text =>
        TryEndpoint($"ws://{text}/") is not { } endpoint || Lines(endpoint) is not { } lines
        || ((lines.Length == s_ownLines.Length || endpoint.Url.UserInfo.Length > 0) && !lines[1].AsSpan(6).ContainsAny(" ,/@\t") && lines[1].Length > 6
            && lines[2..s_ownLines.Length].SequenceEqual(s_ownLines.Skip(2), StringComparer.Ordinal)
            && lines[s_ownLines.Length..].All(line => line.StartsWith("Authorization: Basic ", StringComparison.Ordinal))));

    [Theory]
    [InlineData("ws://user:secret@h/", "user:secret")]
    [InlineData("ws://user@h/", "user")]
    [InlineData("ws://us%3Aer:a%40%0D%0Ab@h/", "us:er:a@\r\nb")]
    public void User_info_goes_as_basic_authentication(string url, string credentials) => Assert.Equal(
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)), Lines(Endpoint.Parse(url))![^1]);

    [Fact]
    public void An_Authorization_header_of_the_users_own_stands_instead_of_the_user_info()
    {
        string[] lines = Lines(Endpoint.Parse("ws://user:secret@h/") with { Headers = [new("authorization", "Bearer x")] })!;
        Assert.Equal("authorization: Bearer x", lines[^1]);
        Assert.Equal(s_ownLines.Length + 1, lines.Length);
    }

    [Fact]
    public void A_header_without_a_value_is_refused_by_name() =>
        Assert.Contains("'X-Key' has no value", Refusal(Bare() with { Headers = [new("X-Key", null!)] }), StringComparison.Ordinal);

    [Theory]
    [InlineData("\r\n")]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u010ab")]
    [InlineData("\u00e9")]
    [InlineData("a\x7f")]
    public void Each_field_refuses_by_name(string bad)
    {
        Assert.Contains("name", Refusal(Bare() with { Headers = [new(bad, "v")] }), StringComparison.Ordinal);
        Assert.Contains("'X-Name'", Refusal(Bare() with { Headers = [new("X-Name", bad)] }), StringComparison.Ordinal);
        Assert.Contains("Subprotocol 2", Refusal(Bare() with { Subprotocols = ["ok", bad] }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("a:b")]
    [InlineData("(a)")]
    [InlineData("a/1")]
    public void A_name_or_subprotocol_that_is_not_a_token_is_refused(string bad)
    {
        Assert.NotEmpty(Refusal(Bare() with { Headers = [new(bad, "v")] }));
        Assert.NotEmpty(Refusal(Bare() with { Subprotocols = [bad] }));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("UPGRADE")]
    [InlineData("connection")]
    [InlineData("Content-Length")]
    [InlineData("transfer-encoding")]
    [InlineData("Sec-WebSocket-Key")]
    [InlineData("sec-websocket-anything")]
    public void The_headers_of_the_handshake_itself_are_refused(string name) =>
        Assert.Contains("belongs to the handshake itself", Refusal(Bare() with { Headers = [new(name, "v")] }), StringComparison.Ordinal);

    [Theory]
    [InlineData("ws://venue.test", "/", "venue.test")]
    [InlineData("ws://venue.test:80/", "/", "venue.test")]
    [InlineData("wss://venue.test:443/a", "/a", "venue.test")]
    [InlineData("wss://venue.test:9443/ws", "/ws", "venue.test:9443")]
    [InlineData("ws://VENUE.test/Ws", "/Ws", "venue.test")]
    [InlineData("ws://venue.test/stream?streams=btcusdt@bookTicker/ethusdt@trade&x=%2F%20y&e=", "/stream?streams=btcusdt@bookTicker/ethusdt@trade&x=%2F%20y&e=", "venue.test")]
    [InlineData("ws://venue.test?only=query", "/?only=query", "venue.test")]
    [InlineData("ws://venue.test/a#fragment", "/a", "venue.test")]
    [InlineData("ws://user:secret@venue.test/a", "/a", "venue.test")]
    [InlineData("ws://venue.test/\u00e4?\u20ac", "/%C3%A4?%E2%82%AC", "venue.test")]
    [InlineData("ws://b\u00fccher.test/", "/", "xn--bcher-kva.test")]
    [InlineData("ws://127.0.0.1:8080/", "/", "127.0.0.1:8080")]
    [InlineData("ws://[::1]:8080/", "/", "[::1]:8080")]
    [InlineData("wss://[2001:DB8::1]/", "/", "[2001:db8::1]")]
    public void Target_and_host_are_those_of_the_address(string url, string target, string host)
    {
        string[]? lines = Lines(Endpoint.Parse(url));

        Assert.Equal([$"GET {target} HTTP/1.1", $"Host: {host}"], lines![..2]);
    }

    [Fact]
    public void Headers_go_out_in_order_after_the_subprotocols()
    {
        string[]? lines = Lines(Bare() with { Subprotocols = ["one", "two"], Headers = [new("X-A", "1"), new("X-A", ""), new("X-B", "a\tb ~")] });

        Assert.Equal([.. s_ownLines, "Sec-WebSocket-Protocol: one, two", "X-A: 1", "X-A: ", "X-B: a\tb ~"], lines!);
    }

    private static Endpoint Bare() => Endpoint.Parse("ws://h/");

    private static Endpoint? TryEndpoint(string url)
    {
        try
        {
            return Endpoint.Parse(url);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The request's lines, without the empty one at its end; null when it was refused.</summary>
    private static string[]? Lines(Endpoint endpoint)
    {
        try
        {
            string text = Encoding.Latin1.GetString(HandshakeRequest.Create(endpoint, Key));
            Assert.EndsWith("\r\n\r\n", text, StringComparison.Ordinal);
            string[] lines = text[..^4].Split("\r\n");
            Assert.All(lines, line => Assert.False(line.AsSpan().ContainsAnyExceptInRange(' ', '~') && !line.Contains('\t', StringComparison.Ordinal)));
            Assert.All(lines, line => Assert.False(line.AsSpan().ContainsAny('\r', '\n', '\0')));
            return lines;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string Refusal(Endpoint endpoint) =>
        Assert.Throws<ArgumentException>(() => HandshakeRequest.Create(endpoint, Key)).Message;

    private static void Check(Func<string, bool> property) =>
        Prop.ForAll(Hostile, property).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(30));
}
