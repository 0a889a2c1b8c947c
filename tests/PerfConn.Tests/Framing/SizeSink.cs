using System;
using PerfConn.Framing;

namespace PerfConn.Tests.Framing;

/// <summary>Counts messages and allocates nothing for it.</summary>
internal struct SizeSink : IFrameSink
{
    public int Messages;
    public long Bytes;

    public void OnMessage(ReadOnlySpan<byte> payload, bool isText)
    {
        Messages++;
        Bytes += payload.Length;
    }

    public readonly void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
    {
    }
}
