using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Transport;

namespace PerfConn.Tests.Tool;

/// <summary>Plays the part of the Autobahn suite's fuzzing server with a handful of cases of its own: the same questions, the same answers.</summary>
internal sealed class FuzzingServer : IAsyncDisposable
{
    private readonly List<(string Id, Func<WebSocket, CancellationToken, Task<string>> Run)> _cases =
    [
        ("1.1.1", (socket, stop) => EchoAsync(socket, WebSocketMessageType.Text, [], 1, stop)),
        ("1.1.8", (socket, stop) => EchoAsync(socket, WebSocketMessageType.Text, Wire.MixedText(65_536), 997, stop)),
        ("1.2.8", (socket, stop) => EchoAsync(socket, WebSocketMessageType.Binary, Wire.Bytes(65_536), 1, stop)),
        ("9.2.6", (socket, stop) => EchoAsync(socket, WebSocketMessageType.Binary, Wire.Bytes(16 * 1024 * 1024), 1, stop)),
        ("9.4.1", (socket, stop) => EchoAsync(socket, WebSocketMessageType.Binary, Wire.Bytes(1024 * 1024), 16_384, stop)),
        ("6.3.1", RefusesBadTextAsync),
        ("7.1.1", (_, _) => Task.FromResult("INFORMATIONAL")),
    ];

    private readonly ConcurrentDictionary<(string Agent, int Case), TaskCompletionSource<string>> _verdicts = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AspNetServer? _server;

    /// <summary>Agents whose reports were asked for.</summary>
    public ConcurrentQueue<string> Reports { get; } = new();

    /// <summary>Cases in the order in which they were run.</summary>
    public ConcurrentQueue<int> Run { get; } = new();

    /// <summary>The verdict given instead of the true one, by case.</summary>
    public Dictionary<int, string> Verdicts { get; } = [];

    /// <summary>Whether a verdict is found only when somebody asks for it: a client may be done with a case before the server is.</summary>
    public bool IsSlow { get; init; }

    public int Count => _cases.Count;

    public string Url => new Uri(new Uri(_server!.Url), "/").AbsoluteUri;

    public static async Task<FuzzingServer> StartAsync(bool isSlow = false)
    {
        var server = new FuzzingServer { IsSlow = isSlow };
        server._server = await AspNetServer.StartHttpAsync(server.AnswerAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        CancellationToken stop = context.RequestAborted;
        string agent = context.Request.Query["agent"].ToString();
        _ = int.TryParse(context.Request.Query["case"], CultureInfo.InvariantCulture, out int number);
        switch (context.Request.Path.Value)
        {
            case "/getCaseCount":
                await TickServer.SendAsync(socket, $"{Count}");
                break;
            case "/getCaseInfo":
                await TickServer.SendAsync(socket, $$"""{"id": "{{_cases[number - 1].Id}}", "description": "a case"}""");
                break;
            case "/getCaseStatus":
                _asked.TrySetResult();

                // As the suite does. A client that has refused bad text with a Close need not wait for the answer before it asks.
                await TickServer.SendAsync(socket, JsonSerializer.Serialize(new { behavior = await Deadline.Within(VerdictOf(agent, number).Task) }));
                break;
            case "/runCase":
                Run.Enqueue(number);
                string verdict = await RunCaseAsync(number, socket, stop);
                VerdictOf(agent, number).TrySetResult(Verdicts.GetValueOrDefault(number, verdict));
                break;
            case "/updateReports":
                Reports.Enqueue(agent);
                break;
            default:
                break;
        }

        if (socket.State == WebSocketState.Open)
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", stop);
        }
    }

    private TaskCompletionSource<string> VerdictOf(string agent, int number) =>
        _verdicts.GetOrAdd((agent, number), static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>A case that the connection does not live through has failed, and says by what.</summary>
    private async Task<string> RunCaseAsync(int number, WebSocket socket, CancellationToken stop)
    {
        try
        {
            string verdict = await _cases[number - 1].Run(socket, stop);
            await (IsSlow ? Deadline.Within(_asked.Task) : Task.CompletedTask);
            return verdict;
        }
        catch (Exception e)
        {
            return $"FAILED by {e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>Sends a message in so many fragments, and wants it back whole.</summary>
    private static async Task<string> EchoAsync(WebSocket socket, WebSocketMessageType type, byte[] message, int fragments, CancellationToken stop)
    {
        int size = Math.Max(1, (message.Length + fragments - 1) / fragments);
        for (int start = 0; start == 0 || start < message.Length; start += size)
        {
            int length = Math.Min(size, message.Length - start);
            await socket.SendAsync(message.AsMemory(start, length), type, endOfMessage: start + length >= message.Length, stop);
        }

        byte[] echo = new byte[message.Length + 1];
        int received = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(echo.AsMemory(received), stop);
            received += result.Count;
            if (result.EndOfMessage)
            {
                return result.MessageType == type && echo.AsSpan(0, received).SequenceEqual(message) ? "OK" : "FAILED";
            }
        }
    }

    /// <summary>The client may be gone as soon as it has sent its Close, which aborts the request: what it has sent is read all the same.</summary>
    private static async Task<string> RefusesBadTextAsync(WebSocket socket, CancellationToken stop)
    {
        await socket.SendAsync(new byte[] { 0xCE, 0xBA, 0xFF }, WebSocketMessageType.Text, endOfMessage: true, stop);
        WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[100], Deadline.Token);
        return result.CloseStatus == WebSocketCloseStatus.InvalidPayloadData ? "OK" : $"FAILED, closed with {result.CloseStatus}";
    }
}
