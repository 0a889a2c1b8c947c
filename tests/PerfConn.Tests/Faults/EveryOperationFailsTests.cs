using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Simulator;
using PerfConn.Subscriptions;
using PerfConn.TestKit;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using PerfConn.Transport.Sockets;
using PerfConn.Venues.Binance;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Faults;

/// <summary>
/// The n-th operation of a line's life fails, for every n (RELIABILITY D14): each run ends, with one typed error or in good order, and leaves nothing open, nothing
/// rented and no exception that nobody has looked at.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class EveryOperationFailsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly ConcurrentQueue<Exception> _unobserved = new();
    private readonly BlockPool _pool = new(4096);

    public Task InitializeAsync()
    {
        CollectGarbage();
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_memory(bool reconnects)
    {
        await using BinanceSimulator venue = await StartAsync(new BinanceSimulatorOptions { Listen = false });
        var inner = new InMemoryTransportFactory((server, _, _) =>
        {
            _ = venue.ServeAsync(server, CancellationToken.None);
            return default;
        });
        await FailAllAsync(venue, inner, "ws://venue.test/stream", ReceiveMode.Async, reconnects);
    }

    [Theory]
    [InlineData(false, ReceiveMode.Async, false)]
    [InlineData(false, ReceiveMode.Thread, false)]
    [InlineData(true, ReceiveMode.Async, false)]
    [InlineData(true, ReceiveMode.Thread, false)]
    [InlineData(true, ReceiveMode.Async, true)]
    [InlineData(true, ReceiveMode.Thread, true)]
    public async Task Over_sockets(bool tls, ReceiveMode mode, bool reconnects)
    {
        await using BinanceSimulator venue = await StartAsync(new BinanceSimulatorOptions { Tls = tls });
        var inner = new SocketTransportFactory(new SocketTransportOptions { Pool = _pool, Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } });
        await FailAllAsync(venue, inner, new Uri(venue.Url, "/stream").ToString(), mode, reconnects);
    }

    private static Task<BinanceSimulator> StartAsync(BinanceSimulatorOptions options) =>
        BinanceSimulator.StartAsync(options with { Rate = 2000, ConnectionAttempts = 0, MaxMessagesPerSecond = 0 });

    private async Task FailAllAsync(BinanceSimulator venue, ITransportFactory inner, string url, ReceiveMode mode, bool reconnects)
    {
        int failed = await FailEveryOperation.RunAsync(
            inner, faulty => LiveAsync(faulty, url, mode, reconnects), deadline: TimeSpan.FromSeconds(20));

        Assert.InRange(failed, 8, 1000);
        await Deadline.UntilAsync(() => venue.GetStatistics().ConnectionsOpen == 0, "the venue to have no connection left");
        Assert.Equal(0, _pool.Outstanding);
        CollectGarbage();
        Assert.Empty(_unobserved);
        output.WriteLine($"{failed} operations failed, each in a run of its own");
    }

    /// <summary>Connect, subscribe, a tick, close.</summary>
    private static async Task LiveAsync(FaultTransportFactory faulty, string url, ReceiveMode mode, bool reconnects)
    {
        var payloads = new Payloads();
        var options = new LineOptions
        {
            Transport = faulty,
            ReceiveMode = mode,
            Reconnect = reconnects ? new ReconnectOptions { FirstDelay = TimeSpan.Zero, MaxDelay = TimeSpan.FromMilliseconds(1) } : null,
        };
        Line line;
        try
        {
            line = await Line.ConnectAsync(BinanceVenue.Spot.At(url), options);
        }
        catch (ConnectionException)
        {
            Assert.NotNull(faulty.Operations.Failed);
            Assert.Equal(0, faulty.Open);
            return;
        }

        try
        {
            await using Subscription subscription = await line.SubscribeAsync(["btcusdt@bookTicker"], payloads);
            await Deadline.UntilAsync(() => payloads.All.Length > 0 || line.Completion.IsCompleted, "a tick or the end");
        }
        catch (ConnectionException)
        {
            // One failure, and the line is made again: what is subscribed to must survive it.
            Assert.False(reconnects, "a line that reconnects kept neither its subscription nor itself");
            Assert.NotNull(faulty.Operations.Failed);
        }

        Assert.True(payloads.All.Length > 0 || !reconnects);
        await line.DisposeAsync();
        Assert.True(line.State is LineState.Closed or LineState.Faulted, line.State.ToString());
        Assert.True(line.Completion.IsCompletedSuccessfully);
        Assert.Equal(0, faulty.Open);
    }

    private static void CollectGarbage()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e) => _unobserved.Enqueue(e.Exception);
}
