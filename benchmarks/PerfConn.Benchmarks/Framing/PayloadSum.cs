using System;
using PerfConn.Framing;

namespace PerfConn.Benchmarks.Framing;

/// <summary>Adds up the payloads that it is given, so that nothing is optimised away.</summary>
internal struct PayloadSum : IFrameSink
{
    public long Bytes { get; private set; }

    public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => Bytes += payload.Length;

    public readonly void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
    {
    }
}
