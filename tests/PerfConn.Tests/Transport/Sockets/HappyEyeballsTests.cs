using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>RFC 8305 section 5 and RELIABILITY B05, B16, B17, D25: the race for a connection, in both receive modes.</summary>
public sealed class HappyEyeballsTests
{
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(250);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_dead_address_costs_one_delay_and_leaves_no_socket(ReceiveMode mode)
    {
        using Blackhole dead = await Blackhole.OpenAsync(IPAddress.Parse("127.0.0.2"));
        using TcpListener alive = Listen("127.0.0.3", dead.EndPoint.Port);
        Task<ITransport> connecting = ConnectAsync(Factory("127.0.0.2", "127.0.0.3"), dead.EndPoint.Port, mode);

        await Deadline.UntilAsync(() => dead.Waiting == 1 && _time.Waiting > 0, "the first attempt");
        _time.Advance(s_delay - TimeSpan.FromMilliseconds(1));
        Assert.False(alive.Pending());
        Assert.False(connecting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await using ITransport transport = await Deadline.Within(connecting);
        Assert.Equal("127.0.0.3", ((IPEndPoint)transport.RemoteEndPoint!).Address.ToString());
        Assert.Equal(0, dead.Waiting);
        Assert.Equal(0, _time.Waiting);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_blackholed_IPv6_address_does_not_keep_an_IPv4_one_waiting(ReceiveMode mode)
    {
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        using Blackhole dead = await Blackhole.OpenAsync(IPAddress.IPv6Loopback);
        using TcpListener alive = Listen("127.0.0.1", dead.EndPoint.Port);
        SocketTransportFactory factory = new(new SocketTransportOptions { Resolver = new ScriptedResolver("::1", "127.0.0.1") });
        long start = TimeProvider.System.GetTimestamp();
        await using ITransport transport = await ConnectAsync(factory, dead.EndPoint.Port, mode);

        // D25: at most the delay, a round trip and 50 ms; a test on a shared machine can only hold it to much less than a connect timeout.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), s_delay - TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(10));
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)transport.RemoteEndPoint!).Address);
        Assert.Equal(0, dead.Waiting);
    }

    /// <summary>D25 in a process that has never connected: what making the first socket takes is part of the delay.</summary>
    [Fact]
    public async Task The_delay_runs_before_the_first_attempt_is_made()
    {
        using Blackhole dead = await Blackhole.OpenAsync(IPAddress.Parse("127.0.0.2"));
        using TcpListener alive = Listen("127.0.0.3", dead.EndPoint.Port);
        var time = new WatchfulTime(() => dead.Waiting);
        var factory = new SocketTransportFactory(new SocketTransportOptions { Resolver = new ScriptedResolver("127.0.0.2", "127.0.0.3"), TimeProvider = time, AttemptDelay = s_delay });

        await using ITransport transport = await ConnectAsync(factory, dead.EndPoint.Port, ReceiveMode.Async);

        Assert.Equal([0], time.Seen);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_refusal_starts_the_next_attempt_at_once(ReceiveMode mode)
    {
        using TcpListener alive = Listen("127.0.0.5", 0);

        // Time stands still: nobody can be waiting for a delay.
        await using ITransport transport = await ConnectAsync(Factory("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"), alive.Port(), mode);

        Assert.Equal("127.0.0.5", ((IPEndPoint)transport.RemoteEndPoint!).Address.ToString());
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task When_every_address_fails_the_error_names_each_with_its_reason(ReceiveMode mode)
    {
        int port = FreePort();
        SocketTransportFactory factory = Factory("127.0.0.2", "127.0.0.3");

        ConnectException e = await Assert.ThrowsAsync<ConnectException>(() => ConnectAsync(factory, port, mode));

        Assert.EndsWith($": could not connect: 127.0.0.2:{port} connection refused; 127.0.0.3:{port} connection refused", e.Message, StringComparison.Ordinal);
        Assert.Equal(["127.0.0.2", "127.0.0.3"], e.Attempts.Select(attempt => ((IPEndPoint)attempt.Address).Address.ToString()));
        Assert.All(e.Attempts, attempt => Assert.Equal(SocketError.ConnectionRefused, ((SocketException)attempt.Error).SocketErrorCode));
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Cancelling_ends_every_attempt_and_says_what_they_were(ReceiveMode mode)
    {
        using Blackhole dead = await Blackhole.OpenAsync(IPAddress.Parse("127.0.0.2"));
        int port = dead.EndPoint.Port;
        using var giveUp = new CancellationTokenSource();
        Task<ITransport> connecting = ConnectAsync(Factory("127.0.0.3", "127.0.0.2"), port, mode, giveUp.Token);
        await Deadline.UntilAsync(() => dead.Waiting == 1, "the attempt that hangs");
        await giveUp.CancelAsync();

        ConnectCanceledException e = await Assert.ThrowsAsync<ConnectCanceledException>(() => Deadline.Within(connecting));

        Assert.Equal(ConnectStage.Connecting, e.Stage);
        Assert.Equal($"127.0.0.2:{port} still trying; 127.0.0.3:{port} connection refused", e.Detail);
        Assert.Equal(0, dead.Waiting);
        Assert.Equal(0, _time.Waiting);
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task The_winner_is_tried_first_the_next_time_unless_the_option_says_no(ReceiveMode mode)
    {
        using TcpListener alive = Listen("127.0.0.3", 0);
        foreach (bool remembers in (bool[])[true, false])
        {
            var factory = new SocketTransportFactory(
                new SocketTransportOptions { Resolver = new ScriptedResolver("127.0.0.2", "127.0.0.3"), RemembersAddress = remembers, TimeProvider = _time });
            await (await ConnectAsync(factory, alive.Port(), mode)).DisposeAsync();

            // Now the first address hangs. Time stands still, so only who begins with the second gets there.
            using Blackhole dead = await Blackhole.OpenAsync(IPAddress.Parse("127.0.0.2"), alive.Port());
            using var giveUp = new CancellationTokenSource();
            Task<ITransport> connecting = ConnectAsync(factory, alive.Port(), mode, giveUp.Token);
            if (remembers)
            {
                await (await Deadline.Within(connecting)).DisposeAsync();
            }
            else
            {
                await Deadline.UntilAsync(() => dead.Waiting == 1, "an attempt at the dead address");
                await giveUp.CancelAsync();
                await Assert.ThrowsAsync<ConnectCanceledException>(() => Deadline.Within(connecting));
            }
        }
    }

    [Fact]
    public async Task Names_are_resolved_afresh_so_a_change_in_the_DNS_takes_effect_at_the_next_attempt()
    {
        using TcpListener before = Listen("127.0.0.2", 0);
        using TcpListener after = Listen("127.0.0.3", before.Port());
        string now = "127.0.0.2";
        var resolver = new ScriptedResolver((_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Parse(now)]));
        var factory = new SocketTransportFactory(new SocketTransportOptions { Resolver = resolver });
        foreach (string address in (string[])["127.0.0.2", "127.0.0.3"])
        {
            now = address;
            await using ITransport transport = await ConnectAsync(factory, before.Port(), ReceiveMode.Async);
            Assert.Equal(address, ((IPEndPoint)transport.RemoteEndPoint!).Address.ToString());
        }

        Assert.Equal(["venue.test", "venue.test"], resolver.Hosts);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task An_address_is_not_looked_up(string host)
    {
        var resolver = new ScriptedResolver("127.0.0.9");
        var factory = new SocketTransportFactory(new SocketTransportOptions { Resolver = resolver });

        ConnectException e = await Assert.ThrowsAsync<ConnectException>(
            () => factory.ConnectAsync(Endpoint.Parse($"ws://{host}:{FreePort()}/"), Deadline.Token).AsTask());

        Assert.Equal(IPAddress.Parse(host), ((IPEndPoint)Assert.Single(e.Attempts).Address).Address);
        Assert.Equal(0, resolver.Asked);
    }

    internal static TcpListener Listen(string address, int port)
    {
        var listener = new TcpListener(IPAddress.Parse(address), port);
        listener.Start();
        return listener;
    }

    internal static int FreePort()
    {
        using TcpListener listener = Loopback.Listen();
        return listener.Port();
    }

    private static async Task<ITransport> ConnectAsync(SocketTransportFactory factory, int port, ReceiveMode mode, CancellationToken cancellationToken = default) =>
        await Deadline.Within(factory.ConnectAsync(Endpoint.Parse($"ws://venue.test:{port}/") with { ReceiveMode = mode }, cancellationToken).AsTask());

    private SocketTransportFactory Factory(params string[] addresses) =>
        new(new SocketTransportOptions { Resolver = new ScriptedResolver(addresses), TimeProvider = _time, AttemptDelay = s_delay });

    /// <summary>The system's time, which looks at something when a timer of the delay is made.</summary>
    private sealed class WatchfulTime(Func<int> look) : TimeProvider
    {
        private readonly List<int> _seen = [];

        public IReadOnlyList<int> Seen => _seen;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == s_delay)
            {
                _seen.Add(look());
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
