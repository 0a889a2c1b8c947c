using System;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket.Compression;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Conformance;

/// <summary>The server's side of a compressed case, on a real connection: it sends a message, wants it back as it was and compressed under the terms, and only then sends the next.</summary>
internal sealed class CompressionPeer(CompressionCase script, NetworkStream stream)
{
    private static readonly FrameLimits s_limits = new() { MaxMessageSize = 1024 * 1024, MaxFragments = 4096 };

    private readonly PipeReader _input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));

    /// <summary>Lets an echoing line meet the case. Ends with the code of the client's Close, and the line's own word.</summary>
    public static async Task<(string Close, LineEnd End)> MeetAsync(CompressionCase script, ITransportFactory transport, MessageFraming framing)
    {
        using TcpListener listener = Loopback.Listen();
        Task<string> serving = ServeAsync(script, listener);
        await using MessageLine line = await ConnectAsync(listener, transport, framing);
        string close = await Deadline.Within(serving);
        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal(0, line.Statistics.HandlerFaults);
        return (close, end);
    }

    /// <summary>Gives the case's answer, and the error with which a line does not take it.</summary>
    public static async Task<HandshakeException> RefuseAsync(CompressionCase script, ITransportFactory transport, MessageFraming framing)
    {
        using TcpListener listener = Loopback.Listen();
        Task serving = UpgradeAsync(script, listener);
        HandshakeException refusal = await Assert.ThrowsAsync<HandshakeException>(() => ConnectAsync(listener, transport, framing));
        await Deadline.Within(serving);
        return refusal;
    }

    private static Task<MessageLine> ConnectAsync(TcpListener listener, ITransportFactory transport, MessageFraming framing)
    {
        var options = new LineOptions { Transport = transport, Framing = framing, Limits = s_limits, SendLimits = new SendLimits { MaxPendingBytes = 4 << 20 }, Reconnect = null };
        return Deadline.Within(MessageLine.ConnectAsync(Endpoint.Parse($"ws://127.0.0.1:{listener.Port()}/"), default(EchoHandler), options));
    }

    private static async Task UpgradeAsync(CompressionCase script, TcpListener listener)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        using var stream = new NetworkStream(socket);
        await new CompressionPeer(script, stream).AnswerHandshakeAsync();
    }

    private static async Task<string> ServeAsync(CompressionCase script, TcpListener listener)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        socket.NoDelay = true;
        using var stream = new NetworkStream(socket);
        return await new CompressionPeer(script, stream).RunAsync();
    }

    private async Task<string> RunAsync()
    {
        await AnswerHandshakeAsync();
        Assert.Null(DeflateOffer.TryAccept(script.Offer, script.Answer, out DeflateAgreement? agreed));
        DeflateAgreement terms = agreed!.Value;
        using var deflater = new MessageDeflater(terms.ServerContextTakeover, terms.ServerMaxWindowBits, minimumSize: 1);
        using var inflater = new MessageInflater(terms.ClientContextTakeover, terms.ClientMaxWindowBits, s_limits);
        using var reading = new Reading(_input, new WebSocketFrameParser<ServerRole>(s_limits, inflater));
        var source = new CompressionSource(script);
        for (int i = 0; i < script.Count; i++)
        {
            byte[] message = source.Next();
            byte opcode = source.IsText ? Wire.Text : Wire.Binary;

            // Without context what does not shrink goes as it is, which section 6.1 of RFC 7692 leaves to the sender.
            await stream.WriteAsync(deflater.TryDeflate(message, out ReadOnlySpan<byte> deflated)
                ? PeerDeflater.Frames(opcode, deflated.ToArray(), script.FrameSize)
                : Wire.Frame(opcode, message));
            await reading.ExpectAsync(message, source.IsText);
        }

        // What is too short to shrink, or longer than a window that zlib cannot do, may come as it is.
        Assert.True(inflater.TotalIn > 0 || (terms.ClientContextTakeover ? terms.ClientMaxWindowBits == 8 : script.Size < 128), "the client compressed nothing");
        await stream.WriteAsync(Wire.CloseFrame(1000));
        return await reading.CloseAsync();
    }

    private async Task AnswerHandshakeAsync()
    {
        while (true)
        {
            ReadResult read = await _input.ReadAsync();
            string head = Encoding.ASCII.GetString(read.Buffer);
            bool isWhole = head.EndsWith("\r\n\r\n", StringComparison.Ordinal);
            _input.AdvanceTo(isWhole ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (isWhole)
            {
                Assert.Contains("permessage-deflate", head, StringComparison.Ordinal);
                string key = head.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {ClientHandshake.AcceptFor(key)}\r\n"
                    + $"Sec-WebSocket-Extensions: {script.Answer}\r\n\r\n"));
                return;
            }
        }
    }

    /// <summary>What the client sends.</summary>
    private sealed class Reading(PipeReader input, WebSocketFrameParser<ServerRole> parser) : IDisposable
    {
        // Not readonly: a parser keeps its state in itself.
#pragma warning disable IDE0044
        private WebSocketFrameParser<ServerRole> _parser = parser;
#pragma warning restore IDE0044
        private byte[] _expected = [];
        private bool _isText;
        private int _same;
        private string? _other;

        public async Task ExpectAsync(byte[] message, bool isText)
        {
            _expected = message;
            _isText = isText;
            int before = _same;
            while (_same == before)
            {
                await ReadAsync();
                Assert.Null(_other);
            }

            Assert.Equal(before + 1, _same);
        }

        public async Task<string> CloseAsync()
        {
            while (_other is null)
            {
                await ReadAsync();
            }

            return _other;
        }

        public void Dispose() => _parser.Dispose();

        private async Task ReadAsync()
        {
            ReadResult read = await input.ReadAsync();
            var sink = new Sink(this);
            FrameFault fault = _parser.Parse(read.Buffer, ref sink, out SequencePosition consumed);
            input.AdvanceTo(consumed, read.Buffer.End);
            _other ??= fault != FrameFault.None ? fault.ToString() : read.IsCompleted ? "cut" : null;
        }

        private readonly struct Sink(Reading reading) : IFrameSink
        {
            public void OnMessage(ReadOnlySpan<byte> payload, bool isText)
            {
                if (isText == reading._isText && payload.SequenceEqual(reading._expected))
                {
                    reading._same++;
                }
                else
                {
                    reading._other ??= $"{payload.Length} other bytes than the {reading._expected.Length} sent";
                }
            }

            public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
            {
                if (frame == ControlFrame.Close)
                {
                    reading._other ??= payload.IsEmpty ? "close" : $"close {CloseFrame.Read(payload).Code}";
                }
            }
        }
    }
}
