using System;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using PerfConn.Diagnostics;
using PerfConn.Tests.Connections;
using PerfConn.Transport.Proxies;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

public sealed class SocketTransportOptionsTests
{
    [Fact]
    public void Wrong_values_are_named_at_once_and_no_credential_with_them()
    {
        var wrong = new SocketTransportOptions
        {
            ReceiveBufferSize = 0,
            SendBufferSize = -1,
            KeepAliveTime = TimeSpan.Zero,
            KeepAliveInterval = TimeSpan.Zero,
            KeepAliveCount = 128,
            UserTimeout = TimeSpan.FromTicks(-1),
            SendTimeout = TimeSpan.Zero,
            Resolver = null!,
            ResolveTimeout = TimeSpan.Zero,
            AttemptDelay = TimeSpan.FromTicks(-1),
            FirstFamily = AddressFamily.Unix,
            Proxy = new ProxyOptions(new Uri("http://proxy.test:3128"), "us3r", "s3cret") { Timeout = TimeSpan.Zero },
            Pool = null!,
            Tls = new TlsOptions { RevocationMode = (X509RevocationMode)9, ApplicationProtocols = null! },
            TimeProvider = null!,
        };

        InvalidOptionsException refusal = Assert.Throws<InvalidOptionsException>(() => new SocketTransportFactory(wrong));

        Assert.Equal(
            [
                "ReceiveBufferSize", "SendBufferSize", "KeepAliveTime", "KeepAliveInterval", "KeepAliveCount", "UserTimeout", "SendTimeout", "Resolver", "ResolveTimeout",
                "AttemptDelay", "FirstFamily", "Proxy.Timeout", "Pool", "Tls.RevocationMode", "Tls.ApplicationProtocols", "TimeProvider",
            ],
            WrongOptions.Of(refusal));
        Assert.DoesNotContain("s3cret", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("us3r", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_be_left_out_is_not_missed() => _ = new SocketTransportFactory(new SocketTransportOptions { KeepAliveTime = null, UserTimeout = null, AttemptDelay = TimeSpan.Zero });

    [Fact]
    public void The_ClientWebSocket_transport_names_its_own_at_once()
    {
        var wrong = new ClientWebSocketTransportOptions
        {
            ReceiveBufferSize = 0,
            Pool = null!,
            KeepAliveInterval = TimeSpan.FromSeconds(-5),
            KeepAliveTimeout = TimeSpan.Zero,
            CloseTimeout = TimeSpan.FromTicks(-1),
            TimeProvider = null!,
            HttpVersion = null!,
        };
        Assert.Equal(
            ["ReceiveBufferSize", "Pool", "KeepAliveInterval", "KeepAliveTimeout", "CloseTimeout", "TimeProvider", "HttpVersion"],
            WrongOptions.Of(Assert.Throws<InvalidOptionsException>(() => new ClientWebSocketTransportFactory(wrong))));
    }
}
