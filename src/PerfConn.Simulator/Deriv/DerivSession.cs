using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO.Pipelines;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;

namespace PerfConn.Simulator.Deriv;

/// <summary>One connection: its login, its streams, and what is sent on it, one message after the other.</summary>
internal sealed class DerivSession
{
    private const byte TextOpcode = 1;

    private readonly DerivSimulator _venue;
    private readonly ITransport _transport;
    private readonly WebSocketFrameEncoder _encoder = new(keys: null);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DerivStream> _streams = new(StringComparer.Ordinal);
    private Task _sent = Task.CompletedTask;

    public DerivSession(DerivSimulator venue, ITransport transport)
    {
        _venue = venue;
        _transport = transport;
    }

    /// <summary>Whether it has been logged in.</summary>
    public bool IsAuthorized { get; set; }

    public DerivSimulator Venue => _venue;

    public void Cut() => _transport.Abort();

    public int StreamsOf(string symbol)
    {
        lock (_lock)
        {
            return _streams.Values.Count(stream => stream.Symbol == symbol);
        }
    }

    /// <summary>Lets the peer in, and reads until it has gone.</summary>
    /// <param name="answer">The answer to its upgrade.</param>
    /// <param name="patience">How long it may take to have it.</param>
    public async Task RunAsync(ReadOnlyMemory<byte> answer, CancellationToken patience)
    {
        await _transport.Output.WriteAsync(answer, patience).ConfigureAwait(false);
        var parser = new WebSocketFrameParser<ServerRole>(FrameLimits.Default);
        var sink = new Sink(this);
        while (true)
        {
            ReadResult read = await _transport.Input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            FrameFault fault = parser.Parse(read.Buffer, ref sink, out SequencePosition consumed);
            _transport.Input.AdvanceTo(consumed, read.Buffer.End);
            if (fault != FrameFault.None || read.IsCompleted || parser.IsClosed)
            {
                await LastSent().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }
        }
    }

    /// <summary>A tick for each of the session's streams of the symbol.</summary>
    public Task TickAsync(string symbol, decimal quote)
    {
        lock (_lock)
        {
            foreach (DerivStream stream in _streams.Values.Where(stream => stream.Symbol == symbol))
            {
                Post(stream.Message(quote));
            }

            return _sent;
        }
    }

    /// <summary>Begins a stream; null when there is one of the symbol already.</summary>
    public DerivStream? Begin(string symbol, JsonObject echo)
    {
        lock (_lock)
        {
            if (_streams.Values.Any(stream => stream.Symbol == symbol))
            {
                return null;
            }

            var stream = new DerivStream(new Guid((int)_venue.NextId(), 0x1d, 0x7d, new byte[8]).ToString("D", CultureInfo.InvariantCulture), symbol, echo);
            _streams.Add(stream.Id, stream);
            return stream;
        }
    }

    /// <summary>Ends a stream; false when there is none of this id here.</summary>
    public bool End(string id)
    {
        lock (_lock)
        {
            return _streams.Remove(id);
        }
    }

    /// <summary>Ends all streams; gives their ids.</summary>
    public IReadOnlyList<string> EndAll()
    {
        lock (_lock)
        {
            string[] ids = [.. _streams.Keys];
            _streams.Clear();
            return ids;
        }
    }

    /// <summary>Sends a message behind those that wait.</summary>
    public void Post(JsonObject message) => Post(TextOpcode, JsonSerializer.SerializeToUtf8Bytes(message, DerivJson.Default.JsonObject));

    private void Post(byte opcode, byte[] payload)
    {
        var frame = new byte[_encoder.MaxSize(payload.Length)];
        ReadOnlyMemory<byte> bytes = frame.AsMemory(0, _encoder.Encode(frame, opcode, payload));
        lock (_lock)
        {
            _sent = SendAsync(_sent, bytes);
        }
    }

    private Task LastSent()
    {
        lock (_lock)
        {
            return _sent;
        }
    }

    private async Task SendAsync(Task before, ReadOnlyMemory<byte> bytes)
    {
        // Never on the caller's stack: an in-memory peer answers inside the write.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _transport.Output.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The peer has gone; the read says so, too.
        }
    }

    private readonly struct Sink(DerivSession session) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => DerivCalls.Answer(session, payload);

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
            if (frame is ControlFrame.Ping or ControlFrame.Close)
            {
                session.Post(frame == ControlFrame.Ping ? (byte)ControlFrame.Pong : (byte)ControlFrame.Close, payload.ToArray());
            }
        }
    }
}
