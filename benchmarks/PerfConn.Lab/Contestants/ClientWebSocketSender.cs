using System;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Lab.Contestants;

/// <summary>The framework's client, each send awaited: it takes one at a time.</summary>
internal sealed class ClientWebSocketSender(ContestantArguments arguments) : IContestant
{
    private long _sent;

    public long Messages => Volatile.Read(ref _sent);

    public async Task StartAsync()
    {
        ClientWebSocket socket = await FrameworkClient.ConnectAsync(arguments);
        _ = Task.Run(() => SendAsync(socket));
    }

    private async Task SendAsync(ClientWebSocket socket)
    {
        while (true)
        {
            await socket.SendAsync(Payload.Bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
            _sent++;
        }
    }
}
