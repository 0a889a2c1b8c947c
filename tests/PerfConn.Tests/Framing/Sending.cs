using System;
using System.IO.Pipelines;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket;
using PerfConn.Transport;

namespace PerfConn.Tests.Framing;

/// <summary>Senders under test.</summary>
internal static class Sending
{
    public static readonly Uri Address = new("ws://venue.test/ws?token=canary");

    /// <summary>A sender that writes into a pipe; unmasked, so that what it writes can be read off.</summary>
    public static FrameSender Over(
        PipeWriter output, IFrameEncoder? encoder = null, SendLimits? limits = null, TimeProvider? time = null, Action? onAbort = null) =>
        new(new HalfTransport(PipeReader.Create(System.IO.Stream.Null), output, onAbort), encoder ?? new WebSocketFrameEncoder(null), Address, limits, time);

    public static FrameSender Over(ITransport transport, IFrameEncoder? encoder = null) => new(transport, encoder ?? new WebSocketFrameEncoder(new MaskKeys()), Address);

    /// <summary>Waits for a send under the tests' deadline.</summary>
    public static Task Within(this ValueTask send) => Deadline.Within(send.AsTask());
}
