using System;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Lab.Contestants;

/// <summary>Round trips through the framework's client.</summary>
internal sealed class ClientWebSocketEcho(ContestantArguments arguments) : IContestant, IRecorder
{
    public LatencyRecorder Latency { get; } = new();

    public long Messages => Latency.Messages;

    public async Task StartAsync()
    {
        ClientWebSocket socket = await FrameworkClient.ConnectAsync(arguments);
        _ = Task.Run(() => RunAsync(socket));
    }

    private async Task RunAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            await socket.SendAsync(Payload.Bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
            await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            Latency.Record(Stopwatch.GetTimestamp() - start);
        }
    }
}
