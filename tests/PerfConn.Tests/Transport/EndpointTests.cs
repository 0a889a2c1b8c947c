using System;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Transport;

public class EndpointTests
{
    [Theory]
    [InlineData("ws://host", false)]
    [InlineData("wss://host:9443/path?x=1", true)]
    [InlineData("WSS://HOST", true)]
    [InlineData("ws://[::1]:1/", false)]
    public void Takes_WebSocket_addresses(string url, bool isSecure)
    {
        var endpoint = Endpoint.Parse(url);

        Assert.Equal(isSecure, endpoint.IsSecure);
        Assert.True(endpoint.IsWebSocket);
        Assert.False(endpoint.IsRaw);
    }

    [Theory]
    [InlineData("tcp://host:1", false)]
    [InlineData("tls://host:65535/", true)]
    [InlineData("TLS://[::1]:443", true)]
    public void Takes_addresses_of_raw_connections(string url, bool isSecure)
    {
        var endpoint = Endpoint.Parse(url);

        Assert.Equal(isSecure, endpoint.IsSecure);
        Assert.False(endpoint.IsWebSocket);
        Assert.True(endpoint.IsRaw);
    }

    [Theory]
    [InlineData("tcp://host", "names no port")]
    [InlineData("tls://host/", "names no port")]
    [InlineData("tcp://host:0", "names no port")]
    [InlineData("tcp://user:canary@host", "names no port")]
    [InlineData("tcp://host:1/canary", "more than host and port")]
    [InlineData("tcp://host:1?token=canary", "more than host and port")]
    [InlineData("tls://host:1#canary", "more than host and port")]
    [InlineData("tls://user:canary@host:1", "more than host and port")]
    public void A_raw_address_is_host_and_port_and_nothing_else(string url, string why)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Endpoint.Parse(url));

        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        if (!url.Contains("/canary", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/path?token=canary")]
    [InlineData("canary")]
    [InlineData("wss//user:canary@host/path")]
    [InlineData("wss://user:canary@ho st/path?token=canary")]
    [InlineData("http://user:canary@host/?token=canary#canary")]
    [InlineData("https://host/canarycanarycanarycanarycanarycanary")]
    [InlineData("mailto:canary@host")]
    [InlineData("ws:///?token=canary")]
    [InlineData("ws://host:99999/?token=canary")]
    [InlineData("ws://a..b/?token=canary")]
    public void Refuses_everything_else_without_telling_its_secrets(string url)
    {
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => Endpoint.Parse(url));

        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_host_that_no_resolver_can_be_asked_for() =>
        Assert.DoesNotContain("canary", Assert.Throws<ArgumentException>(() => Endpoint.Parse("ws://\ud800/?token=canary")).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_relative_address() =>
        Assert.DoesNotContain("canary", Assert.Throws<ArgumentException>(() => new Endpoint(new Uri("canary", UriKind.Relative))).Message, StringComparison.Ordinal);

    [Fact]
    public void Shows_itself_redacted()
    {
        Endpoint endpoint = Endpoint.Parse("wss://user:canary@host/ws?token=canary") with { Headers = [new("X-Key", "canary")], Subprotocols = ["canary"] };

        Assert.Equal("wss://***@host/ws?token=***", endpoint.ToString());
    }
}
