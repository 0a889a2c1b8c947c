using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>RELIABILITY B15: every way in which a name has no address is typed.</summary>
public sealed class HostLookupTests
{
    [Theory]
    [InlineData(SocketError.HostNotFound, ResolveFailureReason.NotFound, "host name 'venue.test' not found")]
    [InlineData(SocketError.TryAgain, ResolveFailureReason.ServerFailure, "host name 'venue.test' could not be resolved: the name servers failed")]
    [InlineData(SocketError.NoRecovery, ResolveFailureReason.ServerFailure, "host name 'venue.test' could not be resolved: the name servers failed")]
    [InlineData(SocketError.NoData, ResolveFailureReason.NoAddress, "host name 'venue.test' has no address")]
    [InlineData(SocketError.AccessDenied, ResolveFailureReason.Other, "host name 'venue.test' could not be resolved (SocketException)")]
    public async Task What_the_name_service_says_becomes_a_reason(SocketError error, ResolveFailureReason reason, string words)
    {
        foreach (ReceiveMode mode in Enum.GetValues<ReceiveMode>())
        {
            ResolveException e = await FailAsync(new ScriptedResolver((_, _) => throw new SocketException((int)error)), mode);

            Assert.Equal(reason, e.Reason);
            Assert.EndsWith("token=***: " + words, e.Message, StringComparison.Ordinal);
            Assert.IsType<SocketException>(e.InnerException);
        }
    }

    [Fact]
    public async Task No_address_at_all_and_a_resolver_that_breaks_are_typed_too()
    {
        Assert.Equal(ResolveFailureReason.NoAddress, (await FailAsync(new ScriptedResolver())).Reason);
        ResolveException broken = await FailAsync(new ScriptedResolver((_, _) => throw new InvalidOperationException("canary")));
        Assert.Equal(ResolveFailureReason.Other, broken.Reason);
        Assert.DoesNotContain("canary", broken.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_slow_resolver_has_its_own_deadline_even_if_it_does_not_listen(ReceiveMode mode)
    {
        var time = new ManualTimeProvider();
        var never = new TaskCompletionSource<IReadOnlyList<IPAddress>>();
        var resolver = new ScriptedResolver((_, _) => never.Task);
        Task<ResolveException> failing = FailAsync(resolver, mode, time);
        await Deadline.UntilAsync(() => resolver.Asked == 1, "the question");
        time.Advance(TimeSpan.FromSeconds(2));

        ResolveException e = await failing;
        Assert.Equal(ResolveFailureReason.TimedOut, e.Reason);
        Assert.EndsWith("host name 'venue.test' could not be resolved within 2 s", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Cancelling_while_resolving_is_told_as_that(ReceiveMode mode)
    {
        using var giveUp = new CancellationTokenSource();
        var never = new TaskCompletionSource<IReadOnlyList<IPAddress>>();
        var resolver = new ScriptedResolver((_, _) => never.Task);
        var factory = new SocketTransportFactory(new SocketTransportOptions { Resolver = resolver });
        Task<ITransport> connecting = factory.ConnectAsync(Endpoint.Parse("ws://venue.test/") with { ReceiveMode = mode }, giveUp.Token).AsTask();
        await Deadline.UntilAsync(() => resolver.Asked == 1, "the question");
        await giveUp.CancelAsync();

        Assert.Equal(ConnectStage.Resolving, (await Assert.ThrowsAsync<ConnectCanceledException>(() => Deadline.Within(connecting))).Stage);
    }

    private static Task<ResolveException> FailAsync(IHostResolver resolver, ReceiveMode mode = ReceiveMode.Async, TimeProvider? time = null)
    {
        var factory = new SocketTransportFactory(
            new SocketTransportOptions { Resolver = resolver, ResolveTimeout = TimeSpan.FromSeconds(2), TimeProvider = time ?? TimeProvider.System });
        return Assert.ThrowsAsync<ResolveException>(
            () => Deadline.Within(factory.ConnectAsync(Endpoint.Parse("ws://venue.test/?token=canary") with { ReceiveMode = mode }, Deadline.Token).AsTask()));
    }
}
