using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;

namespace PerfConn.Tests.Conformance;

/// <summary>The server's side of a case: it sends the bytes as cut, and writes down what the client answers.</summary>
internal sealed class EchoPeer
{
    private static readonly FrameLimits s_limits = new() { MaxMessageSize = 32 << 20, MaxFragments = 1 << 20 };

    private readonly IReadOnlyList<byte[]> _writes;
    private readonly List<string> _answers = [];
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EchoPeer(IReadOnlyList<byte[]> writes) => _writes = writes;

    /// <summary>Lets an echoing line meet these bytes; gives its answers once it has ended.</summary>
    public static async Task<IReadOnlyList<string>> MeetAsync(IReadOnlyList<byte[]> writes)
    {
        var peer = new EchoPeer(writes);
        var options = new LineOptions
        {
            Transport = new InMemoryTransportFactory(peer.AcceptAsync),
            Limits = s_limits,
            SendLimits = new SendLimits { MaxPendingBytes = 64 << 20 },
            Reconnect = null,
        };
        await using MessageLine line = await Deadline.Within(MessageLine.ConnectAsync(Endpoint.Parse("ws://venue.test/"), default(EchoHandler), options));
        await Deadline.Within(peer._answered.Task);
        LineEnd end = await Deadline.Within(line.Completion);
        if (line.Statistics.HandlerFaults > 0)
        {
            peer._answers.Add("the handler failed");
        }

        return [.. peer._answers, .. end.CloseCode == CloseFrame.Abnormal ? (IEnumerable<string>)["1006"] : []];
    }

    private ValueTask AcceptAsync(InMemoryTransport server, Endpoint endpoint, CancellationToken cancellationToken)
    {
        _ = Task.Run(() => ServeAsync(server), cancellationToken);
        return default;
    }

    private async Task ServeAsync(InMemoryTransport server)
    {
        try
        {
            await AnswerHandshakeAsync(server);
            Task writing = WriteAsync(server.Output);
            await ReadAsync(server.Input);
            await server.Input.CompleteAsync();
            await writing;
            await server.Output.CompleteAsync();
            _answered.SetResult();
        }
        catch (Exception e)
        {
            _answered.SetException(e);
        }
    }

    private async Task WriteAsync(PipeWriter output)
    {
        foreach (byte[] write in _writes)
        {
            FlushResult flushed = await output.WriteAsync(write);
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }

    private async Task ReadAsync(PipeReader input)
    {
        var parser = new WebSocketFrameParser<ServerRole>(s_limits);
        var sink = new Sink(_answers);
        while (!parser.IsClosed)
        {
            ReadResult read = await input.ReadAsync();
            FrameFault fault = parser.Parse(read.Buffer, ref sink, out SequencePosition consumed);
            input.AdvanceTo(consumed, read.Buffer.End);
            if (fault != FrameFault.None || (read.IsCompleted && !parser.IsClosed))
            {
                _answers.Add(fault == FrameFault.None ? "cut" : fault.ToString());
                return;
            }
        }
    }

    private static async Task AnswerHandshakeAsync(InMemoryTransport server)
    {
        while (true)
        {
            ReadResult read = await server.Input.ReadAsync();
            string head = Encoding.ASCII.GetString(read.Buffer.ToArray());
            bool isWhole = head.EndsWith("\r\n\r\n", StringComparison.Ordinal);
            server.Input.AdvanceTo(isWhole ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (isWhole)
            {
                string key = head.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
                await server.Output.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {ClientHandshake.AcceptFor(key)}\r\n\r\n"));
                return;
            }
        }
    }

    private readonly struct Sink(List<string> answers) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => answers.Add(Answer.Of(isText ? "text" : "binary", payload));

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => answers.Add(frame switch
        {
            ControlFrame.Close when payload.IsEmpty => "close",
            ControlFrame.Close => $"close {CloseFrame.Read(payload).Code}",
            ControlFrame.Pong => Answer.Of("pong", payload),
            _ => "ping",
        });
    }
}
