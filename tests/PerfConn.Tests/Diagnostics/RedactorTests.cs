using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Diagnostics;

public class RedactorTests
{
    [Theory]
    [InlineData("wss://host/ws", "wss://host/ws")]
    [InlineData("wss://host:443/", "wss://host/")]
    [InlineData("wss://host:9443", "wss://host:9443/")]
    [InlineData("ws://[::1]:8080/a", "ws://[::1]:8080/a")]
    [InlineData("wss://user:secret@host/", "wss://***@host/")]
    [InlineData("wss://user@host/", "wss://***@host/")]
    [InlineData("wss://host/a?x=1&y=2", "wss://host/a?x=***&y=***")]
    [InlineData("wss://host/?flag", "wss://host/?***")]
    [InlineData("wss://host/?x=a=b&&y", "wss://host/?x=***&***&***")]
    [InlineData("wss://host/a#secret", "wss://host/a")]
    [InlineData("wss://host/?x=1#secret", "wss://host/?x=***")]
    [InlineData("wss://host/ws/1234567890123456789012345678901", "wss://host/ws/1234567890123456789012345678901")]
    [InlineData("wss://host/ws/12345678901234567890123456789012", "wss://host/ws/***")]
    [InlineData("wss://host/12345678901234567890123456789012/ws/", "wss://host/***/ws/")]
    [InlineData("wss://host/?YmFzZTY0IG9mIGEga2V5IQ==", "wss://host/?***")]
    [InlineData("wss://host/?YmFzZTY0IG9mIGEga2V5Lg=", "wss://host/?***")]
    [InlineData("wss://host/?12345678901234567890123456789012=1", "wss://host/?***")]
    public void Keeps_what_says_where_and_hides_what_opens_doors(string address, string shown) => Assert.Equal(shown, Redactor.Redact(new Uri(address)));

    [Fact]
    public void A_relative_address_is_hidden() => Assert.Equal(Redactor.Mask, Redactor.Redact(new Uri("secret", UriKind.Relative)));

    [Fact]
    public void A_canary_is_found_nowhere()
    {
        const string Canary = "CaNaRy4242";
        Gen<string> noise = Gen.Elements("", "a", "=", "&", "%26", "%3D", "+", ";", ",", ".", "~", "\u00e9", "%0A").ArrayOf().Select(string.Concat);
        Gen<string> secret = noise.Zip(noise, (before, after) => before + Canary + after);
        Prop.ForAll(
            secret.Zip(secret).ToArbitrary(),
            noise.ToArbitrary(),
            (secrets, other) =>
            {
                string value = Uri.EscapeDataString(secrets.Item1);
                string[] addresses =
                [
                    $"wss://u:{value}@host/a?b={value}&{other.Replace("=", "", StringComparison.Ordinal)}={value}#{secrets.Item2}",
                    $"wss://{value}@host/{Canary}{new string('x', 22)}{value}/?{value}",
                ];
                return addresses.All(address => !Redactor.Redact(new Uri(address)).Contains(Canary, StringComparison.OrdinalIgnoreCase));
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Every_exception_shows_its_endpoint_redacted()
    {
        var address = new Uri("wss://user:canary@host/canarycanarycanarycanarycanarycanary?token=canary#canary");
        const string Shown = "wss://***@host/***?token=***";
        ConnectionException[] plain =
        [
            new ConnectionException(address, "m"), new NetworkException(address, "m"), new TlsException(address, "m"), new ConnectTimeoutException(address, "m"),
            new HandshakeException(address, "m", 401), HandshakeException.OfStatus(address, "m", 401, null, null), new ProtocolViolationException(address, "m", 1002),
            new LineClosedException(address, "m", 1006), new SubscriptionException(address, "m", -1), new FramingException(address, "m"),
            new ResolveException(address, ResolveFailureReason.NotFound, "m"), new RetryStrategyException(address, "m"),
        ];
        ConnectionException[] worded =
        [
            new ConnectException(address, []), new ProxyException(address, address, ProxyFailureReason.Garbage, "m"),
            new SendTimeoutException(address, 1, TimeSpan.FromSeconds(1)), new SendBufferFullException(address, 1, 1),
            new HeartbeatTimeoutException(address, TimeSpan.FromSeconds(40)), new MessageTimeoutException(address, TimeSpan.FromSeconds(60)),
            new RetriesExhaustedException(address, "m", 1, TimeSpan.FromSeconds(1), new NetworkException(address, "m")),
        ];

        // These speak of several endpoints, and have none of their own.
        ConnectionException[] ofMany =
        [
            new AllConnectionsFailedException(0, 1, [new NetworkException(address, "m")]),
            new EndpointsUnavailableException($"{Endpoint.Parse(address.OriginalString)}", TimeSpan.FromSeconds(1)),
        ];

        Assert.All(plain, e => Assert.Equal(Shown + ": m", e.Message));
        Assert.All(worded, e => Assert.StartsWith(Shown + ": ", e.Message, StringComparison.Ordinal));
        Assert.All([.. plain, .. worded], e => Assert.Equal(Shown, e.Endpoint));
        Assert.All(ofMany, e => Assert.Null(e.Endpoint));
        Assert.All(ofMany, e => Assert.Contains(Shown, e.Message, StringComparison.Ordinal));
        ConnectionException[] all = [.. plain, .. worded, .. ofMany];
        Assert.All(all, e => Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal));

        // None is left out: what the assembly shows is the list.
        Assert.Equal(Names(typeof(ConnectionException).Assembly.GetExportedTypes().Where(typeof(ConnectionException).IsAssignableFrom)), Names(all.Select(e => e.GetType())));

        static IEnumerable<string> Names(IEnumerable<Type> types) => types.Select(type => type.Name).Order(StringComparer.Ordinal);
    }
}
