using System;
using PerfConn.Connections;
using PerfConn.Framing;

namespace PerfConn.Lab.Contestants;

/// <summary>A line's control plane, left out.</summary>
internal sealed class NoControl : ISessionControl
{
    public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
    {
    }

    public void OnAccepted(long requestId, ReadOnlySpan<byte> result)
    {
    }

    public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message)
    {
    }

    public void OnShutdownNotice()
    {
    }
}
