using System;
using System.Diagnostics;
using System.Net;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.Transport;

namespace PerfConn.Interop.Namespaces;

/// <summary>
/// RELIABILITY B01, B02, D19: a live connection whose link goes down, so that neither a FIN nor a RST ever comes. How long until the line, idle or sending, knows it, and until a
/// send without a heartbeat does.
/// </summary>
internal static class DeadPeer
{
    public const string Name = "dead-peer";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_deadline = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync()
    {
        await NetworkNamespace.IpAsync("link set lo up");
        using QuietServer server = QuietServer.Start(IPAddress.Loopback);

        // The first round is for the JIT and is not told.
        await LoseAsync(server, ReceiveMode.Async, sends: true, hasHeartbeat: true);
        foreach (ReceiveMode mode in (ReceiveMode[])[ReceiveMode.Async, ReceiveMode.Thread])
        {
            double bar = (s_interval + s_timeout + s_slack).TotalMilliseconds;
            new Figure($"D19 {mode} idle, ms until the line is given up", await LoseAsync(server, mode, sends: false, hasHeartbeat: true), bar).Print();
            new Figure($"D19 {mode} sending, ms until the line is given up", await LoseAsync(server, mode, sends: true, hasHeartbeat: true), bar).Print();
            new Figure(
                $"D19 {mode} sending without a heartbeat, ms until the send fails",
                await LoseAsync(server, mode, sends: true, hasHeartbeat: false),
                (s_deadline + s_slack).TotalMilliseconds).Print();
        }
    }

    /// <summary>One connection, lost. Milliseconds from when the link was down to when it was noticed.</summary>
    private static async Task<double> LoseAsync(QuietServer server, ReceiveMode mode, bool sends, bool hasHeartbeat)
    {
        var options = new LineOptions
        {
            ReceiveMode = mode,
            Reconnect = null,
            Heartbeat = hasHeartbeat ? new HeartbeatOptions { Interval = s_interval, Timeout = s_timeout } : null,
            SendLimits = new SendLimits { Deadline = s_deadline },
        };
        MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse($"ws://127.0.0.1:{server.Port}/"), new Messages(), options));
        int before = server.Received;
        await line.SendAsync("hello"u8.ToArray().AsMemory(), isText: true);
        var sending = new TaskCompletionSource();
        Task<ConnectionException> failing = sends ? SendAsync(line, server, before, sending) : Task.FromResult(new ConnectionException());
        await Limit.WithinAsync(sends ? sending.Task : Task.CompletedTask);

        await NetworkNamespace.IpAsync("link set lo down");
        long down = Stopwatch.GetTimestamp();
        if (hasHeartbeat)
        {
            LineEnd end = await Limit.WithinAsync(line.Completion);
            Expect(end.Error is HeartbeatTimeoutException or SendTimeoutException, $"the line ended by {end.Error?.GetType().Name}");
        }
        else
        {
            ConnectionException error = await Limit.WithinAsync(failing);
            Expect(error is SendTimeoutException, $"the send failed by {error.GetType().Name}");
        }

        double milliseconds = Stopwatch.GetElapsedTime(down).TotalMilliseconds;
        await Limit.WithinAsync(failing);
        await Limit.WithinAsync(line.DisposeAsync().AsTask());
        await NetworkNamespace.IpAsync("link set lo up");
        return milliseconds;
    }

    /// <summary>Sends as fast as the peer takes it until a send fails.</summary>
    private static async Task<ConnectionException> SendAsync(MessageLine line, QuietServer server, int before, TaskCompletionSource sending)
    {
        byte[] message = new byte[16 * 1024];
        try
        {
            while (true)
            {
                await line.SendAsync(message.AsMemory(), isText: false);
                if (server.Received > before + 100)
                {
                    sending.TrySetResult();
                }
            }
        }
        catch (ConnectionException e)
        {
            return e;
        }
    }

    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
