using System;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Framing;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Tool;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>A handler that answers each message from inside allocates nothing, off a real socket: the thread that reads, handles and sends is one.</summary>
public sealed class MessageEchoAllocationTests
{
    private const int Stretch = 10_000;
    private const int Stretches = 10;
    private const int Window = 2000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_thousand_echoes_allocate_nothing_on_the_lines_thread(bool awaitable)
    {
        var meter = new Meter(awaitable);
        await using TickServer server = await TickServer.StartAsync(async (socket, _, stop) =>
        {
            // A peer that takes its echoes more slowly than it sends would in the end be refused some, rightly.
            using var credits = new SemaphoreSlim(Window);
            Task draining = Task.Run(
                async () =>
                {
                    byte[] buffer = new byte[64 * 1024];
                    ValueWebSocketReceiveResult received;
                    while ((received = await socket.ReceiveAsync(buffer.AsMemory(), stop)).MessageType != WebSocketMessageType.Close)
                    {
                        if (received.EndOfMessage)
                        {
                            credits.Release();
                        }
                    }
                },
                stop);
            byte[] message = Wire.Bytes(100);
            while (!meter.Done.IsCompleted)
            {
                await credits.WaitAsync(stop);
                await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, stop);
            }

            await draining;
        });
        var options = new LineOptions { ReceiveMode = ReceiveMode.Thread, Reconnect = null, CloseTimeout = TimeSpan.FromMilliseconds(100) };
        await using MessageLine line = await MessageLine.ConnectAsync(Endpoint.Parse(server.Url), meter, options);
        await meter.Done.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, meter.Best);
        Assert.Equal(0, meter.Refused);
    }

    /// <summary>Keeps the best of ten stretches of ten thousand, after one to warm up: once in a while the runtime allocates something of its own.</summary>
    private sealed class Meter(bool awaitable) : IMessageHandler
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _messages;
        private long _before;

        public Task Done => _done.Task;

        public long Best { get; private set; } = long.MaxValue;

        public int Refused { get; private set; }

        public void OnMessage(in Message message)
        {
            if (awaitable)
            {
                // A send that has to wait and that nobody awaits leaves its object to the collector; the peer reads, so few do.
                ValueTask sent = message.Line.SendAsync(message.Payload, message.IsText);
                Refused += sent.IsFaulted ? 1 : 0;
            }
            else
            {
                Refused += message.Line.TrySend(message.Payload, message.IsText) == SendOutcome.Accepted ? 0 : 1;
            }

            if (++_messages % Stretch == 0)
            {
                long now = GC.GetAllocatedBytesForCurrentThread();
                Best = _messages == Stretch ? Best : Math.Min(Best, now - _before);
                _before = now;
                if (_messages >= (Stretches + 1) * Stretch)
                {
                    _done.TrySetResult();
                }
            }
        }
    }
}
