using System.Linq;
using System.Net;
using System.Net.Sockets;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>RFC 8305 section 4.</summary>
public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("::1 ::2 1.1.1.1 2.2.2.2", null, null, "::1 1.1.1.1 ::2 2.2.2.2")]
    [InlineData("1.1.1.1 2.2.2.2 ::1 ::2", null, null, "1.1.1.1 ::1 2.2.2.2 ::2")]
    [InlineData("::1 ::2 ::3 1.1.1.1", null, null, "::1 1.1.1.1 ::2 ::3")]
    [InlineData("::1 1.1.1.1", AddressFamily.InterNetwork, null, "1.1.1.1 ::1")]
    [InlineData("1.1.1.1 ::1", AddressFamily.InterNetworkV6, null, "::1 1.1.1.1")]
    [InlineData("1.1.1.1 2.2.2.2", AddressFamily.InterNetworkV6, null, "1.1.1.1 2.2.2.2")]
    [InlineData("::1 ::2 1.1.1.1 2.2.2.2", null, "2.2.2.2", "2.2.2.2 ::1 1.1.1.1 ::2")]
    [InlineData("::1 ::2 1.1.1.1", null, "3.3.3.3", "1.1.1.1 ::1 ::2")]
    [InlineData("::1 1.1.1.1 2.2.2.2", AddressFamily.InterNetworkV6, "2.2.2.2", "::1 2.2.2.2 1.1.1.1")]
    [InlineData("1.1.1.1 1.1.1.1 ::1 1.1.1.1", null, null, "1.1.1.1 ::1")]
    [InlineData("", null, null, "")]
    public void Families_take_turns_from_the_one_that_is_wanted_or_won_the_last_time(string resolved, AddressFamily? first, string? winner, string expected)
    {
        IPAddress[] addresses = [.. resolved.Split(' ', System.StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];

        string order = string.Join(' ', AddressOrder.Of(addresses, first, winner is null ? null : IPAddress.Parse(winner)));

        Assert.Equal(expected, order);
    }

    [Fact]
    public void A_name_with_absurdly_many_addresses_is_tried_at_some_of_them()
    {
        IPAddress[] addresses = [.. Enumerable.Range(0, 10_000).Select(i => new IPAddress([10, 0, (byte)(i >> 8), (byte)i])), IPAddress.IPv6Loopback];

        Assert.Equal(AddressOrder.MaxAddresses, AddressOrder.Of(addresses, null, null).Count);
        Assert.Contains(IPAddress.IPv6Loopback, AddressOrder.Of(addresses, null, null));
    }
}
