using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Parallel;
using PerfConn.Lab.Running;
using PerfConn.Resilience;
using PerfConn.Transport;

namespace PerfConn.Lab.Contestants;

/// <summary>
/// Connects many lines once, so many at a time, and takes the time: by <see cref="ParallelConnector"/>, or the framework's client under the framework's own parallel loop.
/// A quarter as many before that, closed again, so that what connects is compiled.
/// </summary>
internal static class ConnectBurst
{
    public const string Kind = "connect";

    public static async Task<Measurement> MeasureAsync(ContestantArguments arguments)
    {
        int atOnce = int.Parse(arguments.Text("--at-once", "32"), CultureInfo.InvariantCulture);
        Func<int, Task<IAsyncDisposable>> connect = arguments.Text("--client", "perfconn") == "clientwebsocket"
            ? lines => FrameworkAsync(arguments, lines, atOnce)
            : lines => PerfConnAsync(arguments, lines, atOnce);
        await (await connect(arguments.Lines / 4)).DisposeAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await connect(arguments.Lines);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        return new Measurement
        {
            Messages = arguments.Lines,
            Seconds = elapsed.TotalSeconds,
            CpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            AllocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - allocated,
        };
    }

    private static async Task<IAsyncDisposable> PerfConnAsync(ContestantArguments arguments, int lines, int atOnce)
    {
        var endpoint = new Endpoint(arguments.Url);
        ParallelConnectResult<MessageLine> result = await ParallelConnector.ConnectLinesAsync(
            [.. Enumerable.Repeat(endpoint, lines)],
            static _ => default(NoMessages),
            PerfConnOptions.Of(arguments),
            new ParallelConnectOptions { MaxConcurrency = atOnce, Required = lines, Retry = Retry.None });
        result.ThrowIfFailed();
        return result;
    }

    private static async Task<IAsyncDisposable> FrameworkAsync(ContestantArguments arguments, int lines, int atOnce)
    {
        var sockets = new ConcurrentBag<ClientWebSocket>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, lines), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, _) => sockets.Add(await FrameworkClient.ConnectAsync(arguments)));
        return new Open(sockets);
    }

    private sealed class Open(ConcurrentBag<ClientWebSocket> sockets) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (ClientWebSocket socket in sockets)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
                socket.Dispose();
            }
        }
    }
}
