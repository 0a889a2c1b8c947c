using System;
using System.Text;
using PerfConn.Framing;

namespace PerfConn.Fuzz;

/// <summary>Writes down what a parser finds.</summary>
internal readonly struct EventRecorder(StringBuilder events) : IFrameSink
{
    public void OnMessage(ReadOnlySpan<byte> payload, bool isText) =>
        events.Append(payload.Length).Append(':').Append(Convert.ToHexString(payload)).Append(' ');

    public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => throw new OracleException($"a raw framing has no {frame}");
}
