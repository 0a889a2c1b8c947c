using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Simulator;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.Simulator;

/// <summary>A peer that does only what the test says, pongs included, over an in-memory line.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    public const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private readonly InMemoryTransport _transport;
    private readonly WebSocketFrameEncoder _encoder = new(new MaskKeys());
    private readonly Queue<(byte Opcode, byte[] Payload)> _frames = new();
    private WebSocketFrameParser<ClientRole> _parser = new(FrameLimits.Default);

    private RawPeer(InMemoryTransport transport, Task served)
    {
        _transport = transport;
        Served = served;
    }

    /// <summary>Completes when the simulator is done with the connection.</summary>
    public Task Served { get; }

    public static string Upgrade(string target) =>
        $"GET {target} HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n{Key}\r\n";

    /// <summary>Connects, and sends nothing yet.</summary>
    public static RawPeer Attach(BinanceSimulator simulator, PipeOptions? options = null)
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair(options: options);
        return new RawPeer(client, simulator.ServeAsync(server));
    }

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<RawPeer> ConnectAsync(BinanceSimulator simulator, string target, PipeOptions? options = null)
    {
        RawPeer peer = Attach(simulator, options);
        await peer.WriteAsync(Upgrade(target));
        Assert.StartsWith("HTTP/1.1 101 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);
        return peer;
    }

    public async Task WriteAsync(string ascii) => await WriteAsync(Encoding.ASCII.GetBytes(ascii));

    public async Task WriteAsync(byte[] bytes) => await _transport.Output.WriteAsync(bytes, Deadline.Token);

    public Task SendAsync(string text) => WriteAsync(Frame(1, Encoding.UTF8.GetBytes(text)));

    public Task SendAsync(ControlFrame frame, byte[] payload) => WriteAsync(Frame((byte)frame, payload));

    public byte[] Frame(byte opcode, byte[] payload)
    {
        var frame = new byte[_encoder.MaxSize(payload.Length)];
        return frame[.._encoder.Encode(frame, opcode, payload)];
    }

    /// <summary>Reads an HTTP head and whatever body has arrived with it; empty when the line ended.</summary>
    public async Task<string> ReadHeadAsync()
    {
        while (true)
        {
            ReadResult read = await _transport.Input.ReadAsync(Deadline.Token);
            string text = Encoding.ASCII.GetString(read.Buffer);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                bool isUpgrade = text.StartsWith("HTTP/1.1 101", StringComparison.Ordinal);
                _transport.Input.AdvanceTo(isUpgrade ? read.Buffer.GetPosition(end + 4) : read.Buffer.End);
                return isUpgrade ? text[..(end + 4)] : text;
            }

            _transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return "";
            }
        }
    }

    /// <summary>The next frame; null when the line ended.</summary>
    public async Task<(byte Opcode, byte[] Payload)?> NextAsync(CancellationToken cancellationToken = default)
    {
        while (_frames.Count == 0)
        {
            ReadResult read = await _transport.Input.ReadAsync(cancellationToken == default ? Deadline.Token : cancellationToken);
            var sink = new Sink(_frames);
            Assert.Equal(FrameFault.None, _parser.Parse(read.Buffer, ref sink, out SequencePosition consumed));
            _transport.Input.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted && _frames.Count == 0)
            {
                return null;
            }
        }

        return _frames.Dequeue();
    }

    /// <summary>Skips messages until a control frame comes.</summary>
    public async Task<byte[]> ExpectAsync(ControlFrame frame)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Opcode >= 8)
            {
                Assert.Equal(frame, (ControlFrame)next.Opcode);
                return next.Payload;
            }
        }

        Assert.Fail($"the line ended before a {frame}");
        return [];
    }

    public async Task ExpectCloseAsync(int code, string reason)
    {
        Assert.Equal((code, reason), CloseFrame.Read(await ExpectAsync(ControlFrame.Close)));
        byte[] payload = [(byte)(code >> 8), (byte)code];
        await SendAsync(ControlFrame.Close, payload);
        await Deadline.Within(Served);
    }

    public void Abort() => _transport.Abort();

    public async ValueTask DisposeAsync()
    {
        _parser.Dispose();
        await _transport.DisposeAsync();
    }

    private readonly struct Sink(Queue<(byte Opcode, byte[] Payload)> frames) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => frames.Enqueue((isText ? (byte)1 : (byte)2, payload.ToArray()));

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => frames.Enqueue(((byte)frame, payload.ToArray()));
    }
}
