using System;
using System.Text;
using PerfConn.Transport.Proxies;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Proxies;

public sealed class ProxyOptionsTests
{
    [Theory]
    [InlineData("ftp://proxy.test")]
    [InlineData("https://proxy.test")]
    [InlineData("socks4://proxy.test:1080")]
    [InlineData("http://proxy.test/path")]
    public void Another_scheme_or_a_path_is_refused(string address) => Assert.Throws<ArgumentException>(() => new ProxyOptions(new Uri(address)));

    [Theory]
    [InlineData("http://proxy.test", "proxy.test", 80)]
    [InlineData("http://proxy.test:3128/", "proxy.test", 3128)]
    [InlineData("socks5://proxy.test", "proxy.test", 1080)]
    [InlineData("socks5h://127.0.0.1:9", "127.0.0.1", 9)]
    public void Host_and_port_have_the_schemes_defaults(string address, string host, int port)
    {
        var proxy = new ProxyOptions(new Uri(address));

        Assert.Equal((host, port, false), (proxy.Host, proxy.Port, proxy.HasCredentials));
    }

    [Fact]
    public void User_info_in_the_address_is_taken_for_the_credentials_and_leaves_the_address()
    {
        var proxy = new ProxyOptions(new Uri("http://us%2Ber:pa%3Ass@proxy.test:3128"));

        Assert.Equal("us+er", Encoding.UTF8.GetString(proxy.UserName));
        Assert.Equal("pa:ss", Encoding.UTF8.GetString(proxy.Password));
        Assert.Equal("http://proxy.test:3128/", proxy.Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://p.test", "a\rb", "x")]
    [InlineData("http://p.test", "a\nb", "x")]
    [InlineData("http://p.test", "a\0b", "x")]
    [InlineData("http://p.test", "a:b", "x")]
    [InlineData("http://p.test", "", "x")]
    [InlineData("http://p.test", "a", "canary\r\nX-Injected: 1")]
    [InlineData("http://p.test", "a", "canary\0")]
    [InlineData("http://a:canary%0D%0Ax@p.test", null, null)]
    [InlineData("socks5://p.test", "a", "canary\n")]
    public void A_credential_that_must_not_go_on_the_wire_is_refused_and_not_repeated(string address, string? userName, string? password)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new ProxyOptions(new Uri(address), userName, password));

        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_fits_into_255_bytes_of_UTF_8()
    {
        var uri = new Uri("socks5://p.test");
        Assert.Equal(255, new ProxyOptions(uri, "a:b", new string('x', 255)).Password.Length);
        Assert.Throws<ArgumentException>(() => new ProxyOptions(uri, "a", new string('x', 256)));
        Assert.Throws<ArgumentException>(() => new ProxyOptions(uri, new string('\u00e9', 128), "x"));
    }

    [Fact]
    public void Nothing_that_is_printed_holds_a_credential()
    {
        var proxy = new ProxyOptions(new Uri("http://canary-user:canary-password@proxy.test:3128"));

        Assert.Equal("http://proxy.test:3128/", proxy.ToString());
        Assert.DoesNotContain("canary", new SocketTransportOptions { Proxy = proxy }.ToString(), StringComparison.Ordinal);
    }
}
