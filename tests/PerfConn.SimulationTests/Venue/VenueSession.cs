using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.SimulationTests.Network;

namespace PerfConn.SimulationTests.Venue;

/// <summary>One connection as the venue sees it: upgrade, requests, pings, the end.</summary>
internal sealed partial class VenueSession : IServerEnd
{
    private static readonly TimeSpan s_pingInterval = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SimVenue _venue;
    private readonly SimConnection _connection;
    private readonly HashSet<string> _starved = new(StringComparer.Ordinal);
    private WebSocketFrameParser<ServerRole> _parser = new(FrameLimits.Default, null);
    private byte[] _pending = [];
    private bool _isUpgraded;
    private bool _isPonged = true;
    private bool _isMute;
    private bool _isLoggedIn;
    private bool _isClosing;

    public VenueSession(SimVenue venue, SimConnection connection, Uri address)
    {
        _venue = venue;
        _connection = connection;
        Address = address;
        venue.World.Trace.Note("accept", connection.Number, 0, address.Host);
        venue.World.Time.Schedule(s_patience, () =>
        {
            if (!_isUpgraded)
            {
                End(isReset: true);
            }
        });
    }

    /// <summary>What the client asked for.</summary>
    public Uri Address { get; }

    public SimConnection Connection => _connection;

    public HashSet<string> Streams { get; } = new(StringComparer.Ordinal);

    public bool IsUpgraded => _isUpgraded;

    /// <summary>Whether this connection gets nothing of a stream that it has subscribed to.</summary>
    public bool IsStarved(string stream) => _isMute || _starved.Contains(stream);

    /// <summary>From now on it gets nothing of one of its streams, until it leaves it and joins it again, or of all of them, for good. Nobody says so.</summary>
    public void Starve(bool isMute)
    {
        if (isMute)
        {
            _isMute = true;
            _venue.World.Trace.Note("mute", _connection.Number);
        }
        else if (Streams.Count > 0)
        {
            string stream = Streams.Order(StringComparer.Ordinal).ElementAt(_venue.Chance.Below(Streams.Count));
            _starved.Add(stream);
            _venue.World.Trace.Note("starved", _connection.Number, 0, stream);
        }
    }

    private bool IsOpen { get; set; } = true;

    public void OnBytes(ReadOnlyMemory<byte> bytes)
    {
        if (!IsOpen)
        {
            return;
        }

        _pending = [.. _pending, .. bytes.Span];
        if (!_isUpgraded)
        {
            if (_pending.AsSpan().EndsWith("\r\n\r\n"u8))
            {
                string head = Encoding.ASCII.GetString(_pending);
                _pending = [];
                OnUpgrade(head);
            }

            return;
        }

        var sink = new Sink(this);
        var buffer = new ReadOnlySequence<byte>(_pending);
        FrameFault fault = _parser.Parse(buffer, ref sink, out SequencePosition consumed);
        _pending = buffer.Slice(consumed).ToArray();
        if (fault != FrameFault.None)
        {
            _venue.World.Violate("bad frame", $"connection {_connection.Number}: {fault}");
            End(isReset: true);
        }
    }

    public void OnEnd(bool isReset)
    {
        if (IsOpen)
        {
            _venue.World.Trace.Note("client gone", _connection.Number, isReset ? 1 : 0);
            End(isReset: false);
        }
    }

    public void SendRaw(ReadOnlyMemory<byte> bytes) => _connection.SendDown(bytes);

    public void Send(byte opcode, ReadOnlySpan<byte> payload) => _connection.SendDown(_venue.Frame(opcode, payload));

    /// <summary>What it gets nothing of it gets again.</summary>
    public void Feed()
    {
        _isMute = false;
        _starved.Clear();
    }

    /// <summary>Announces the end of the connection and cuts it later.</summary>
    public void Notice(TimeSpan before)
    {
        _venue.World.Trace.Note("notice", _connection.Number, (long)before.TotalMilliseconds);
        Send(1, """{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1672515782136}}"""u8);
        _venue.World.Time.Schedule(before, () =>
        {
            if (!_venue.Habits.IsCalm)
            {
                Cut("shutdown");
            }
        });
    }

    /// <summary>Closes with a code, as a venue does that restarts.</summary>
    public void Close(int code)
    {
        if (IsOpen && !_isClosing)
        {
            _venue.World.Trace.Note("venue closes", _connection.Number, code);
            _venue.World.Totals.Cuts++;
            _isClosing = true;
            var payload = new byte[2];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
            Send((byte)ControlFrame.Close, payload);
            Streams.Clear();
            _quotes.Clear();
            _venue.World.Time.Schedule(TimeSpan.FromSeconds(1), () => End(isReset: false));
        }
    }

    /// <summary>Resets the connection without a word.</summary>
    public void Cut(string why)
    {
        if (IsOpen)
        {
            _venue.World.Trace.Note("venue cuts", _connection.Number, 0, why);
            _venue.World.Totals.Cuts++;
            End(isReset: true);
        }
    }

    private void End(bool isReset)
    {
        if (IsOpen)
        {
            IsOpen = false;
            Streams.Clear();
            _quotes.Clear();
            _venue.Sessions.Remove(this);
            _connection.FinishDown(isReset);
        }
    }

    private void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
    {
        switch (frame)
        {
            case ControlFrame.Ping:
                Send((byte)ControlFrame.Pong, payload);
                break;
            case ControlFrame.Pong:
                _isPonged = true;
                break;
            default:
                _venue.World.Trace.Note("client closes", _connection.Number);
                if (!_isClosing)
                {
                    _isClosing = true;
                    Send((byte)ControlFrame.Close, payload);
                }

                End(isReset: false);
                break;
        }
    }

    private void PingLater() => _venue.World.Time.Schedule(s_pingInterval, () =>
    {
        if (!IsOpen)
        {
            return;
        }

        if (!_isPonged)
        {
            Cut("no pong");
            return;
        }

        _isPonged = false;
        Send((byte)ControlFrame.Ping, "sim"u8);
        PingLater();
    });

    private readonly struct Sink(VenueSession session) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => session.OnRequest(payload);

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => session.OnControl(frame, payload);
    }
}
