using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;

namespace PerfConn.Tests.Connections;

/// <summary>
/// A venue inside the test: it accepts in-memory connections, answers handshakes, and keeps what it was sent. Acknowledgements are automatic until a
/// test takes them over.
/// </summary>
internal sealed class ScriptedVenue
{
    private readonly Channel<Connection> _accepted = Channel.CreateUnbounded<Connection>();
    private int _open;
    private int _attempts;

    public ScriptedVenue(PipeOptions? pipes = null) => Factory = new InMemoryTransportFactory(AcceptAsync, options: pipes);

    public ITransportFactory Factory { get; }

    /// <summary>Answers subscribe requests with a null result. Default: on.</summary>
    public bool AcknowledgesByItself { get; set; } = true;

    /// <summary>Answers pings. Default: off.</summary>
    public bool AnswersPings { get; set; }

    /// <summary>Refuses connections while set.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>What the answer says about extensions. Default: nothing. With it, the venue inflates what it is sent.</summary>
    public string? Extensions { get; set; }

    /// <summary>Whether messages are only kept, whatever they say. Default: no, they are Binance's.</summary>
    public bool OnlyKeeps { get; set; }

    /// <summary>Waited for before a connection is accepted.</summary>
    public Func<Endpoint, CancellationToken, Task>? Accepting { get; set; }

    /// <summary>Connections served that have not ended.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections asked for, accepted or not; several may ask at once.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    public async Task<Connection> NextConnectionAsync()
    {
        await _accepted.Reader.WaitToReadAsync(Deadline.Token);
        Assert(_accepted.Reader.TryRead(out Connection? connection));
        return connection!;
    }

    private static void Assert(bool condition) => Xunit.Assert.True(condition);

    private async ValueTask AcceptAsync(InMemoryTransport server, Endpoint endpoint, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        if (Accepting is { } accepting)
        {
            await accepting(endpoint, cancellationToken);
        }

        if (Refusal is not null)
        {
            throw Refusal;
        }

        _ = new Connection(this, server);
    }

    internal sealed class Connection : IFrameHandlerOwner
    {
        private readonly ScriptedVenue _venue;
        private readonly InMemoryTransport _transport;
        private readonly WebSocketFrameEncoder _encoder = new(keys: null);
        private readonly MessageInflater? _inflater;
        private readonly SemaphoreSlim _writing = new(1);
        private readonly Channel<string> _received = Channel.CreateUnbounded<string>();
        private readonly Channel<(ControlFrame Frame, byte[] Payload)> _controls = Channel.CreateUnbounded<(ControlFrame, byte[])>();

        public Connection(ScriptedVenue venue, InMemoryTransport transport)
        {
            _venue = venue;
            _transport = transport;
            _inflater = venue.Extensions is null ? null : new MessageInflater(keepsContext: true, windowBits: 15, FrameLimits.Default);
            Serving = Task.Run(ServeAsync);
        }

        public Task Serving { get; }

        public List<string> Streams { get; } = [];

        /// <summary>Whether it answers a Close frame. Default: yes.</summary>
        public bool AnswersClose { get; set; } = true;

        /// <summary>Compressed bytes of messages received.</summary>
        public long Inflated => _inflater?.TotalIn ?? 0;

        public async Task<string> NextMessageAsync()
        {
            await _received.Reader.WaitToReadAsync(Deadline.Token);
            Assert(_received.Reader.TryRead(out string? message));
            return message!;
        }

        public async Task<(ControlFrame Frame, byte[] Payload)> NextControlAsync()
        {
            await _controls.Reader.WaitToReadAsync(Deadline.Token);
            Assert(_controls.Reader.TryRead(out (ControlFrame, byte[]) control));
            return control;
        }

        public Task SendAsync(string text) => SendAsync(1, Encoding.UTF8.GetBytes(text));

        public async Task SendAsync(byte opcode, byte[] payload)
        {
            var frame = new byte[_encoder.MaxSize(payload.Length)];
            await SendRawAsync(frame.AsMemory(0, _encoder.Encode(frame, opcode, payload)));
        }

        public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
        {
            await _writing.WaitAsync(Deadline.Token);
            try
            {
                await _transport.Output.WriteAsync(bytes, Deadline.Token);
            }
            finally
            {
                _writing.Release();
            }
        }

        public Task TickAsync(string symbol, long id) => SendAsync(
            $$$"""{"stream":"{{{symbol.ToLowerInvariant()}}}@trade","data":{"e":"trade","E":1672515782136,"s":"{{{symbol}}}","t":{{{id}}},"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}}""");

        /// <summary>Cuts the connection without a word.</summary>
        public void Cut() => _transport.Abort();

        public void OnMessage(ReadOnlySpan<byte> payload)
        {
            string text = Encoding.UTF8.GetString(payload);
            _received.Writer.TryWrite(text);
            if (_venue.OnlyKeeps)
            {
                return;
            }

            using JsonDocument request = JsonDocument.Parse(text);
            string method = request.RootElement.GetProperty("method").GetString()!;
            if (request.RootElement.TryGetProperty("params", out JsonElement names))
            {
                foreach (JsonElement name in names.EnumerateArray())
                {
                    if (method == "SUBSCRIBE")
                    {
                        Streams.Add(name.GetString()!);
                    }
                    else
                    {
                        Streams.Remove(name.GetString()!);
                    }
                }
            }

            if (_venue.AcknowledgesByItself)
            {
                string result = method == "LIST_SUBSCRIPTIONS" ? JsonSerializer.Serialize(Streams) : "null";
                _ = SendAsync($$"""{"result":{{result}},"id":{{request.RootElement.GetProperty("id").GetInt64()}}}""");
            }
        }

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
            _controls.Writer.TryWrite((frame, payload.ToArray()));
            if (frame == ControlFrame.Ping && _venue.AnswersPings && AnswersClose)
            {
                _ = SendAsync((byte)ControlFrame.Pong, payload.ToArray());
            }

            if (frame == ControlFrame.Close && AnswersClose)
            {
                _ = SendAsync((byte)ControlFrame.Close, payload.ToArray());
            }
        }

        private async Task ServeAsync()
        {
            Interlocked.Increment(ref _venue._open);
            try
            {
                await AnswerHandshakeAsync();

                // Told only now: what a test sends first must not get in front of the 101.
                _venue._accepted.Writer.TryWrite(this);
                var parser = new WebSocketFrameParser<ServerRole>(FrameLimits.Default, _inflater);
                var sink = new Sink(this);
                while (true)
                {
                    ReadResult read = await _transport.Input.ReadAsync();
                    FrameFault fault = parser.Parse(read.Buffer, ref sink, out SequencePosition consumed);
                    _transport.Input.AdvanceTo(consumed, read.Buffer.End);
                    if (fault != FrameFault.None || read.IsCompleted || (parser.IsClosed && AnswersClose))
                    {
                        await _transport.Output.CompleteAsync();
                        return;
                    }
                }
            }
            catch (Exception)
            {
                // The line is gone; what the test wanted to see it has seen.
            }
            finally
            {
                Interlocked.Decrement(ref _venue._open);
            }
        }

        private async Task AnswerHandshakeAsync()
        {
            while (true)
            {
                ReadResult read = await _transport.Input.ReadAsync();
                string head = Encoding.ASCII.GetString(read.Buffer.ToArray());
                if (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    _transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                _transport.Input.AdvanceTo(read.Buffer.End);
                int at = head.IndexOf("Sec-WebSocket-Key: ", StringComparison.Ordinal) + "Sec-WebSocket-Key: ".Length;
                string key = head[at..head.IndexOf('\r', at)];
                await SendRawAsync(Encoding.ASCII.GetBytes(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + ClientHandshake.AcceptFor(key) + "\r\n"
                    + (_venue.Extensions is null ? "" : $"Sec-WebSocket-Extensions: {_venue.Extensions}\r\n") + "\r\n"));
                return;
            }
        }
    }

    internal interface IFrameHandlerOwner
    {
        void OnMessage(ReadOnlySpan<byte> payload);

        void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload);
    }

    private readonly struct Sink(IFrameHandlerOwner owner) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => owner.OnMessage(payload);

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => owner.OnControl(frame, payload);
    }
}
