using System;
using PerfConn.Framing;

namespace PerfConn.Connections;

/// <summary>What the tick pipeline hands over to the control plane: everything that is not a tick. Called on the receive loop; must not block.</summary>
internal interface ISessionControl
{
    void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload);

    void OnAccepted(long requestId, ReadOnlySpan<byte> result);

    void OnRefused(long requestId, int code, ReadOnlySpan<byte> message);

    void OnShutdownNotice();
}
