using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Protocol;
using PerfConn.Symbols;
using PerfConn.Tests.Tool;
using PerfConn.Transport.Sockets;
using PerfConn.Venues.Binance;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Connections;

/// <summary>
/// RELIABILITY B72, D51: a thread pool that others have taken for themselves is no dead peer, however often it happens, and what came meanwhile is delivered when it is free
/// again. The real clock, real sockets and the real pool; alone, for it takes the pool away from every test beside it.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class StarvationTests(ITestOutputHelper output)
{
    private const int Lines = 20;

    [Fact]
    public async Task A_starved_thread_pool_costs_no_line()
    {
        // In a process of its own: the venue's threads are not ours to starve. It ticks so rarely that only pongs tell that it lives.
        using ToolProcess venue = ToolProcess.Start("simulate", "--rate", "0.01", "--symbols", "20");
        string url = (await venue.Output.ReadLineAsync(Deadline.Token))!.TrimEnd('/');
        var lines = new List<Line>();
        var losses = new ConcurrentQueue<string>();
        try
        {
            var symbols = new SymbolMap(ignoreCase: true);
            for (int i = 0; i < Lines; i++)
            {
                Line line = await Deadline.Within(Line.ConnectAsync(BinanceVenue.Spot.At(url + "/stream"), new LineOptions
                {
                    Symbols = symbols,
                    OnEvent = what =>
                    {
                        if (what is LineLost lost)
                        {
                            losses.Enqueue($"{lost.At:O} {lost.End.Reason}");
                        }
                    },
                    Transport = new SocketTransportFactory(),
                    Heartbeat = new HeartbeatOptions { Interval = TimeSpan.FromSeconds(1.5), Timeout = TimeSpan.FromSeconds(1.5) },
                }));
                lines.Add(line);
            }

            long[] lengths = [1700, 2600, 4000];
            foreach (long milliseconds in lengths)
            {
                Starve(TimeSpan.FromMilliseconds(milliseconds));
                await Deadline.UntilAsync(() => ThreadPool.PendingWorkItemCount == 0, "the pool to be free");
            }

            // Whoever would be given up for what was, is by now.
            Assert.True(losses.IsEmpty, string.Join(Environment.NewLine, losses));
            await Task.WhenAll(lines.Select(line => Deadline.Within(line.ListSubscriptionsAsync())));
            output.WriteLine($"D51: {Lines} lines, starved {lengths.Length} times for up to 4 s: {lines.Sum(line => line.Statistics.Reconnects)} reconnects");
            Assert.All(lines, line => Assert.Equal((LineState.Live, 0), (line.State, line.Statistics.Reconnects)));
        }
        finally
        {
            foreach (Line line in lines)
            {
                await line.DisposeAsync();
            }
        }
    }

    /// <summary>Takes every thread of the pool, and those that it adds, for a while. From a thread of its own.</summary>
    private static void Starve(TimeSpan time)
    {
        using var done = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            using var free = new ManualResetEvent(initialState: false);
            int blockers = ThreadPool.ThreadCount + Environment.ProcessorCount + 50;
            using var left = new CountdownEvent(blockers);
            for (int i = 0; i < blockers; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    _ =>
                    {
                        free.WaitOne();
                        left.Signal();
                    },
                    null);
            }

            free.WaitOne(time);
            free.Set();
            left.Wait();
            done.Set();
        });
        thread.Start();
        done.Wait();
    }
}
