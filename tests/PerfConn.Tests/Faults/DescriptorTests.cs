using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Diagnostics;
using PerfConn.Protocol;
using PerfConn.Simulator;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using PerfConn.Tests.Connections;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Venues.Binance;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Faults;

/// <summary>RELIABILITY B74: a process that has no file descriptor left. A typed error that says so, nothing left open, and back by itself when there are some again.</summary>
/// <remarks>
/// The descriptors are really gone, for the moment of each attempt. Not for longer: without any the runtime itself starts no thread (an OutOfMemoryException), and ends the process when
/// that thread is one of its pool's own.
/// </remarks>
[Collection(AloneCollection.Name)]
public sealed class DescriptorTests(ITestOutputHelper output) : IDisposable
{
    private readonly ScarceDescriptors _descriptors = new();
    private readonly BlockPool _pool = new();
    private readonly ConcurrentQueue<LineEvent> _events = new();

    public void Dispose() => _descriptors.GiveBack();

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task Without_descriptors_a_connect_fails_by_name_and_leaves_nothing_open(ReceiveMode mode)
    {
        if (!IsShown())
        {
            return;
        }

        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Symbols = 5 });
        await WarmUpAsync(mode);
        string[] before = Sockets();
        _descriptors.AreGone = true;
        ConnectException error = await Assert.ThrowsAsync<ConnectException>(() => FailAsync(simulator.Port, mode));

        output.WriteLine(error.Message);
        AssertSaysWhy(error, simulator.Port);
        Assert.Equal(1, _descriptors.Taken);
        Assert.Empty(Sockets().Except(before));
        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, simulator.GetStatistics().ConnectionsAccepted);

        _descriptors.AreGone = false;
        await using Line line = await Deadline.Within(Line.ConnectAsync(VenueAt(simulator.Port), Options(mode)));
    }

    [Theory]
    [InlineData(ReceiveMode.Async)]
    [InlineData(ReceiveMode.Thread)]
    public async Task A_line_that_is_cut_without_descriptors_says_why_and_is_back_when_there_are_some(ReceiveMode mode)
    {
        if (!IsShown())
        {
            return;
        }

        await using BinanceSimulator simulator = await BinanceSimulator.StartAsync(new BinanceSimulatorOptions { Rate = 2000, Symbols = 5 });
        var symbols = new SymbolMap(ignoreCase: true);
        var ticks = new RecordingHandler(symbols);
        await WarmUpAsync(mode);
        await using (Line line = await Deadline.Within(Line.ConnectAsync(VenueAt(simulator.Port), Options(mode) with { Symbols = symbols })))
        {
            await using Subscription subscription = await Deadline.Within(line.SubscribeAsync(["btcusdt@trade"], ticks));
            await Deadline.UntilAsync(() => ticks.Events.Length > 0, "ticks");
            int open = Sockets().Length;
            _descriptors.AreGone = true;
            await simulator.DropAllAsync();
            await Deadline.UntilAsync(() => _events.OfType<LineReconnectFailed>().Count() >= 5, "failed attempts");
            Assert.Equal(0, line.Statistics.Reconnects);
            _descriptors.AreGone = false;

            await Deadline.UntilAsync(() => line.Statistics.Reconnects == 1, "the line to be back");
            int seen = ticks.Events.Length;
            await Deadline.UntilAsync(() => ticks.Events.Length > seen, "ticks again");
            Assert.All(_events.OfType<LineReconnectFailed>(), failed => AssertSaysWhy(failed.Error, simulator.Port));
            Assert.Equal(_descriptors.Taken, _events.OfType<LineReconnectFailed>().Count());
            await Deadline.UntilAsync(() => Sockets().Length <= open, "no more sockets than before, for all the failed attempts");
        }

        Assert.Equal(0, _pool.Outstanding);
    }

    private static void AssertSaysWhy(ConnectionException error, int port)
    {
        ConnectAttempt attempt = Assert.Single(Assert.IsType<ConnectException>(error).Attempts);
        Assert.Equal(SocketError.TooManyOpenSockets, Assert.IsType<SocketException>(attempt.Error).SocketErrorCode);
        Assert.Contains($"127.0.0.1:{port} this process has no file descriptor left", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{ScarceDescriptors.Host}:{port}/", error.Endpoint, StringComparison.Ordinal);
    }

    /// <summary>The sockets of this process, each by a name that no other has at the same time.</summary>
    private static string[] Sockets() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget ?? "").Where(target => target.StartsWith("socket:", StringComparison.Ordinal))];

    private static Venue<BinanceProtocol> VenueAt(int port) => BinanceVenue.Spot.At($"ws://{ScarceDescriptors.Host}:{port}/stream");

    /// <summary>Gives the descriptors back as soon as the call has come as far as it comes without waiting: an attempt that finds none has failed by then.</summary>
    private async Task FailAsync(int port, ReceiveMode mode)
    {
        Task<Line> connecting = Line.ConnectAsync(VenueAt(port), Options(mode));
        _descriptors.GiveBack();
        await using Line line = await Deadline.Within(connecting);
    }

    /// <summary>An assembly that a failing connect needs for the first time could not be loaded without descriptors either: one fails before.</summary>
    private async Task WarmUpAsync(ReceiveMode mode)
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        int port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        await Assert.ThrowsAsync<ConnectException>(() => FailAsync(port, mode));
    }

    private bool IsShown()
    {
        if (OperatingSystem.IsLinux())
        {
            return true;
        }

        output.WriteLine("not shown here: descriptors are taken away by a call of Linux");
        return false;
    }

    private LineOptions Options(ReceiveMode mode) => new()
    {
        ReceiveMode = mode,
        Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = _pool, Resolver = _descriptors }),
        Reconnect = new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(5) },
        JitterSeed = 74,
        OnEvent = what =>
        {
            _descriptors.GiveBack();
            _events.Enqueue(what);
        },
    };
}
