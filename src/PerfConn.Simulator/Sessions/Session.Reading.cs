using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Simulator.Requests;

namespace PerfConn.Simulator.Sessions;

/// <content>What comes in.</content>
internal sealed partial class Session
{
    /// <summary>Answers that may wait for a peer that does not read, in bytes.</summary>
    private const int MaxPendingBytes = 1024 * 1024;

    private static readonly FrameLimits s_limits = new() { MaxMessageSize = 256 * 1024 };

    private async Task ReadAsync()
    {
        DisconnectCause cause = DisconnectCause.LostByClient;
        var parser = new WebSocketFrameParser<ServerRole>(s_limits);
        try
        {
            bool isFaulted = false;
            while (!parser.IsClosed)
            {
                ReadResult read = await _transport.Input.ReadAsync().ConfigureAwait(false);
                SequencePosition consumed = read.Buffer.End;
                if (!isFaulted)
                {
                    var sink = new Sink(this);
                    FrameFault fault = parser.Parse(read.Buffer, ref sink, out consumed);
                    if (fault != FrameFault.None)
                    {
                        // What follows a fault is read and thrown away: closing with unread bytes would reset the connection under the Close frame.
                        isFaulted = true;
                        consumed = read.Buffer.End;
                        Close(fault.CloseCode(), fault.Describe(), DisconnectCause.ProtocolViolation);
                    }
                }

                _transport.Input.AdvanceTo(consumed, read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            cause = parser.IsClosed ? DisconnectCause.ClosedByClient : cause;
        }
        catch (Exception)
        {
            // Whatever a transport, perhaps a user's own, throws: the peer is gone. That is an event here and no error.
        }
        finally
        {
            parser.Dispose();
        }

        lock (_lock)
        {
            _cause ??= cause;
            _readerEnded = true;
        }

        if (cause == DisconnectCause.LostByClient)
        {
            Cut();
        }

        Wake();
    }

    private void OnMessage(ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (Admit())
            {
                Handle(RequestReader.Read(payload));
            }
        }

        Wake();
    }

    private void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (frame == ControlFrame.Close)
            {
                (int code, string reason) = CloseFrame.Read(payload);
                BeginClose(code, reason, DisconnectCause.ClosedByClient);
            }
            else if (Admit() && frame == ControlFrame.Ping)
            {
                _outbox.AddFrame((byte)ControlFrame.Pong, payload);
            }
            else if (frame == ControlFrame.Pong)
            {
                _heartbeat.OnPong(payload);
            }
        }

        Wake();
    }

    /// <summary>Holds a message against the limits.</summary>
    private bool Admit()
    {
        if (_closeSent)
        {
            return false;
        }

        _venue.Counters.Message();
        if (!_messages.TryEnter(out _))
        {
            BeginClose(1008, "Too many requests", DisconnectCause.TooManyMessages);
        }
        else if (_outbox.PendingBytes > MaxPendingBytes)
        {
            BeginClose(1008, "Too slow", DisconnectCause.NotReading);
        }

        return !_closeSent;
    }

    private readonly struct Sink(Session session) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => session.OnMessage(payload);

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => session.OnControl(frame, payload);
    }
}
