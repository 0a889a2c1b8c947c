using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
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

    /// <summary>Every constructor that takes an address, of every exception there is: a new one is covered as soon as it exists.</summary>
    [Fact]
    public void Every_exception_shows_its_endpoint_redacted()
    {
        const string Shown = "wss://***@host/***?token=***";
        var address = new Uri("wss://user:canary@host/canarycanarycanarycanarycanarycanary?token=canary#canary");
        Type[] types = [.. typeof(ConnectionException).Assembly.GetExportedTypes().Where(typeof(ConnectionException).IsAssignableFrom)];
        ConstructorInfo[] makers =
        [
            .. types.SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(maker => maker.GetParameters().Any(parameter => parameter.ParameterType == typeof(Uri))),
        ];
        ConnectionException[] all = [.. makers.Select(maker => (ConnectionException)maker.Invoke([.. maker.GetParameters().Select(p => Argument(p.ParameterType, address))]))];

        Assert.NotEmpty(all);
        Assert.All(all, e => Assert.StartsWith(Shown + ": ", e.Message, StringComparison.Ordinal));
        Assert.All(all, e => Assert.Equal(Shown, e.Endpoint));
        Assert.All(all, e => Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal));

        // Those without an address of their own repeat what others say.
        ConnectionException[] withoutOwn =
        [
            new AllConnectionsFailedException(0, 1, [new NetworkException(address, "m")]),
            new EndpointsUnavailableException($"{Endpoint.Parse(address.OriginalString)}", TimeSpan.FromSeconds(1)),
            new UnknownConnectionException(1, isClosed: true, new NetworkException(address, "m")),
        ];
        Assert.All(withoutOwn, e => Assert.Null(e.Endpoint));
        Assert.All(withoutOwn, e => Assert.Contains(Shown, e.Message, StringComparison.Ordinal));
        Assert.All(withoutOwn, e => Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal));
        Assert.Equal(Names(types), Names([.. makers.Select(maker => maker.DeclaringType!).Distinct(), .. withoutOwn.Select(e => e.GetType())]));

        static IEnumerable<string> Names(IEnumerable<Type> types) => types.Select(type => type.Name).Order(StringComparer.Ordinal);
    }

    /// <summary>Anything that a constructor takes; what is inside carries the secret too.</summary>
    private static object? Argument(Type type, Uri address) => type switch
    {
        _ when type == typeof(Uri) => address,
        _ when type == typeof(string) => "m",
        _ when type == typeof(Exception) || type == typeof(ConnectionException) => new NetworkException(address, "m"),
        _ when Nullable.GetUnderlyingType(type) is { } inner => Argument(inner, address),
        { IsValueType: true } => Activator.CreateInstance(type),
        { IsGenericType: true } => Array.CreateInstance(type.GetGenericArguments()[0], 0),
        _ => null,
    };
}
