using System;
using System.Linq;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Lab.Contestants;

/// <summary>The framework's client with a 64 KB buffer, counting messages and decoding nothing. One connection or many; or it takes each message's time.</summary>
internal sealed class ClientWebSocketLines(ContestantArguments arguments, bool isTimed) : IContestant, IRecorder
{
    private const int BufferSize = 64 * 1024;

    private readonly Cell[] _cells = [.. Enumerable.Range(0, arguments.Lines).Select(_ => new Cell())];

    public LatencyRecorder Latency { get; } = new();

    public long Messages
    {
        get
        {
            long messages = Latency.Messages;
            foreach (Cell cell in _cells)
            {
                messages += Volatile.Read(ref cell.Messages);
            }

            return messages;
        }
    }

    public async Task StartAsync()
    {
        foreach (Cell cell in _cells)
        {
            ClientWebSocket socket = await FrameworkClient.ConnectAsync(arguments);
            _ = Task.Run(() => isTimed ? TimeAsync(socket) : CountAsync(socket, cell));
        }
    }

    private static async Task CountAsync(ClientWebSocket socket, Cell cell)
    {
        byte[] buffer = new byte[BufferSize];
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            cell.Messages += result.EndOfMessage ? 1 : 0;
        }
    }

    private async Task TimeAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[BufferSize];
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            Latency.RecordStamped(buffer.AsSpan(0, result.Count));
        }
    }

    private sealed class Cell
    {
        public long Messages;
    }
}
