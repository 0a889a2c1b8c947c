using System;
using PerfConn.Buffers;
using PerfConn.Framing;
using PerfConn.Protocol;
using PerfConn.Symbols;

namespace PerfConn.Connections;

/// <summary>What a held session's receive loop pours into: replies and control frames are acted on at once, everything else is kept.</summary>
internal struct HeldPipeline<TProtocol>(HeldFeed<TProtocol> feed, ISessionControl control) : ILinePipeline, IProtocolSink
    where TProtocol : struct, IVenueProtocol
{
    private TProtocol _protocol = new();
    private long _timestamp;
    private bool _isReply;

    public void BeginRead(long timestamp, ILeaseSource? leases) => _timestamp = timestamp;

    public void OnMessage(ReadOnlySpan<byte> payload, bool isText)
    {
        feed.OnFrame();
        _isReply = false;
        _protocol.Read(payload, ref this);
        if (!_isReply)
        {
            feed.Hold(payload, isText, _timestamp);
        }
    }

    public readonly void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload)
    {
    }

    public void OnAccepted(long requestId, ReadOnlySpan<byte> result)
    {
        _isReply = true;
        control.OnAccepted(requestId, result);
    }

    public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
    {
        _isReply = true;
        control.OnRefused(requestId, code, message);
    }

    public void OnShutdownNotice()
    {
        _isReply = true;
        control.OnShutdownNotice();
    }

    public readonly void OnOther(ReadOnlySpan<byte> message)
    {
    }

    public readonly void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => control.OnControl(frame, payload);
}
