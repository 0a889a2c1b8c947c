using System;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Lab.Running;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Contestants;

/// <summary>The framework's client in the loop that everybody writes around it: when it fails, a new one, and the subscription again.</summary>
internal sealed class ReconnectingClientWebSocket(ContestantArguments arguments) : IContestant, IFinite
{
    private readonly CutRecorder _recorder = new(arguments.Cuts);
    private readonly byte[] _subscribe = Encoding.ASCII.GetBytes($"{{\"method\":\"SUBSCRIBE\",\"params\":[\"{StampedFrames.FirstStream}\"],\"id\":1}}");

    public long Messages => 0;

    public Task StartAsync() => Task.CompletedTask;

    public async Task<Measurement> MeasureAsync()
    {
        Task<Measurement> measuring = _recorder.MeasureAsync();
        while (!measuring.IsCompleted)
        {
            using var socket = new ClientWebSocket();
            try
            {
                await LiveAsync(socket);
            }
            catch (WebSocketException)
            {
                // Cut: on with the next.
            }
        }

        return await measuring;
    }

    private async Task LiveAsync(ClientWebSocket socket)
    {
        await socket.ConnectAsync(arguments.Url, CancellationToken.None);
        await socket.SendAsync(_subscribe, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        byte[] buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: WebSocketMessageType.Text } received)
        {
            if (received.Count == StampedFrames.FrameSize - 2)
            {
                _recorder.OnTick(buffer);
            }
        }
    }
}
