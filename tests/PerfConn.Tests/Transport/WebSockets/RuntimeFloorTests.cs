using System;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Tests.Transport.WebSockets;

public sealed class RuntimeFloorTests
{
    [Theory]
    [InlineData("10.0.10")]
    [InlineData("9.0.99")]
    public void An_older_runtime_is_refused_by_name(string version)
    {
        PlatformNotSupportedException refused = Assert.Throws<PlatformNotSupportedException>(() => RuntimeFloor.Check(Version.Parse(version)));
        Assert.Contains(version, refused.Message, StringComparison.Ordinal);
        Assert.Contains("CVE-2026-62901", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.11")]
    [InlineData("11.0.0")]
    public void A_mended_runtime_is_taken(string version) => RuntimeFloor.Check(Version.Parse(version));

    [Fact]
    public void This_runtime_is_taken() => Assert.NotNull(new ClientWebSocketTransportFactory());
}
