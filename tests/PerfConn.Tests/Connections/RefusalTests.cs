using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Tests.Transport;
using PerfConn.Venues.Binance;
using Xunit;
using Endpoint = PerfConn.Transport.Endpoint;

namespace PerfConn.Tests.Connections;

/// <summary>Answers that are no upgrade, from a real server: redirects (RELIABILITY B12), fresh credentials (B08).</summary>
public sealed class RefusalTests
{
    private readonly List<string> _seen = [];

    [Fact]
    public async Task A_redirect_is_not_followed_unless_asked()
    {
        await using AspNetServer server = await AspNetServer.StartHttpAsync(Answer);
        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(() => ConnectAsync(Origin(server) + "/redirect?to=/ws", new LineOptions()));
        Assert.Equal(302, e.StatusCode);
        Assert.Single(_seen);
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("ws")]
    [InlineData("http://SELF/ws")]
    [InlineData("ws://SELF/ws")]
    [InlineData("/redirect?to=/redirect?to=/ws")]
    public async Task A_redirect_to_the_same_origin_takes_the_headers_along(string target)
    {
        await using AspNetServer server = await AspNetServer.StartHttpAsync(Answer);
        target = target.Replace("SELF", new Uri(server.Url).Authority, StringComparison.Ordinal);
        await using Line line = await ConnectAsync($"{Origin(server)}/redirect?to={target}", new LineOptions { MaxRedirects = 3, Reconnect = null });
        Assert.Equal(LineState.Live, line.State);
        Assert.Equal("/ws key7777", _seen[^1]);
    }

    [Fact]
    public async Task To_another_origin_no_header_goes()
    {
        await using AspNetServer second = await AspNetServer.StartHttpAsync(Answer);
        await using AspNetServer first = await AspNetServer.StartHttpAsync(Answer);
        await using Line line = await ConnectAsync($"{Origin(first)}/redirect?to={Origin(second)}/ws", new LineOptions { MaxRedirects = 1, Reconnect = null });
        Assert.Equal(["/redirect key7777", "/ws "], _seen);
    }

    [Fact]
    public async Task Redirects_are_followed_so_often_and_no_more()
    {
        await using AspNetServer server = await AspNetServer.StartHttpAsync(Answer);
        HandshakeException e = await Assert.ThrowsAnyAsync<HandshakeException>(
            () => ConnectAsync(Origin(server) + "/loop", new LineOptions { MaxRedirects = 10 }));
        Assert.Equal(302, e.StatusCode);
        Assert.Equal(11, _seen.Count);
    }

    [Theory]
    [InlineData("wss://venue.test/a", "http://venue.test/b", "from wss to ws")]
    [InlineData("wss://venue.test/a", "ws://venue.test/b", "from wss to ws")]
    [InlineData("ws://venue.test/a", "ftp://venue.test/b", "no web address")]
    [InlineData("ws://venue.test/a", "http://", "no web address")]
    public void Nobody_leads_a_line_where_it_must_not_go(string from, string to, string why)
    {
        var answer = new HandshakeException(new Uri(from), "moved", 302, null, "", to);
        HandshakeException e = Assert.Throws<HandshakeException>(() => Redirect.Follow(Endpoint.Parse(from), answer));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ws://venue.test/a", "https://venue.test/b?x=1", "wss://venue.test/b?x=1")]
    [InlineData("wss://venue.test:9443/a/b", "../c", "wss://venue.test:9443/c")]
    [InlineData("wss://venue.test/a", "//other.test/c", "wss://other.test/c")]
    public void A_location_is_read_as_the_RFC_says(string from, string to, string expected) =>
        Assert.Equal(expected, Redirect.Follow(Endpoint.Parse(from), new HandshakeException(new Uri(from), "moved", 308, null, "", to)).Url.ToString());

    [Fact]
    public async Task Refused_credentials_are_asked_for_once_more_and_then_the_line_ends()
    {
        var asked = new List<int?>();
        var venue = new ScriptedVenue();
        var options = new LineOptions
        {
            Transport = venue.Factory,
            Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero },
            RefreshEndpoint = (endpoint, last, _) =>
            {
                asked.Add((last?.Error as HandshakeException)?.StatusCode);
                return ValueTask.FromResult(endpoint);
            },
        };
        await using Line line = await Line.ConnectAsync(BinanceVenue.Spot.At("ws://venue.test/stream"), options);
        ScriptedVenue.Connection connection = await venue.NextConnectionAsync();
        venue.Refusal = new HandshakeException(line.Endpoint.Url, "the key has expired", 401);
        connection.Cut();
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal(401, Assert.IsType<HandshakeException>(end.Error).StatusCode);
        Assert.Equal([null, null, 401], asked);
        Assert.Equal(3, venue.Attempts);
    }

    [Fact]
    public async Task Each_attempt_goes_where_the_refreshed_endpoint_says()
    {
        await using AspNetServer server = await AspNetServer.StartHttpAsync(Answer);
        int attempt = 0;
        var options = new LineOptions
        {
            RefreshEndpoint = (endpoint, _, _) => ValueTask.FromResult(endpoint with { Headers = [new("X-Api-Key", "fresh" + attempt++)] }),
            Reconnect = null,
        };
        await using (await ConnectAsync(Origin(server) + "/ws", options))
        await using (await ConnectAsync(Origin(server) + "/ws", options))
        {
            Assert.Equal(["/ws fresh0", "/ws fresh1"], _seen);
        }
    }

    private static string Origin(AspNetServer server) => new Uri(server.Url).GetLeftPart(UriPartial.Authority);

    private static Task<Line> ConnectAsync(string url, LineOptions options)
    {
        Venue<BinanceProtocol> venue = BinanceVenue.Spot.At(url);
        return Deadline.Within(Line.ConnectAsync(venue with { Endpoint = venue.Endpoint with { Headers = [new("X-Api-Key", "key7777")] } }, options));
    }

    private async Task Answer(HttpContext context)
    {
        lock (_seen)
        {
            _seen.Add($"{context.Request.Path} {context.Request.Headers["X-Api-Key"].FirstOrDefault()}");
        }

        switch (context.Request.Path)
        {
            case "/redirect":
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = context.Request.QueryString.Value!["?to=".Length..];
                break;
            case "/loop":
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "/loop";
                break;
            default:
                using (System.Net.WebSockets.WebSocket socket = await context.WebSockets.AcceptWebSocketAsync())
                {
                    await AspNetServer.EchoAsync(socket, context.RequestAborted);
                }

                break;
        }
    }
}
