using System;
using PerfConn.Buffers;
using PerfConn.Dispatch;
using PerfConn.Framing;

namespace PerfConn.Connections;

/// <summary>The short way of a plain message: from the frame parser to its handler.</summary>
internal struct MessagePipeline<THandler>(THandler handler, MessageLine line, LineCounters counters, FaultObserver faults, ISessionControl control) : ILinePipeline
    where THandler : IMessageHandler
{
    // Not readonly: a struct handler may keep state in itself, and a readonly field would be copied before each call.
#pragma warning disable IDE0044
    private THandler _handler = handler;
#pragma warning restore IDE0044
    private ILeaseSource? _leases;
    private long _timestamp;

    public void BeginRead(long timestamp, ILeaseSource? leases)
    {
        _timestamp = timestamp;
        _leases = leases;
    }

    public void OnMessage(ReadOnlySpan<byte> payload, bool isText)
    {
        counters.Frames++;
        counters.Bytes += payload.Length;
        try
        {
            _handler.OnMessage(new Message(line, payload, isText, _timestamp, counters.Reconnects + counters.Rotations + 1, _leases));
        }
        catch (Exception e)
        {
            // A handler that throws costs its own message and nothing else.
            counters.HandlerFaults++;
            faults.OnHandlerFault(e);
        }
    }

    public readonly void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => control.OnControl(frame, payload);
}
