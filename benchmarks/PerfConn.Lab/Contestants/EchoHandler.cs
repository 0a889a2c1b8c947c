using System.Diagnostics;
using PerfConn.Connections;

namespace PerfConn.Lab.Contestants;

/// <summary>Answers an answer with the next message.</summary>
internal sealed class EchoHandler : IMessageHandler
{
    private long _sentAt;

    public LatencyRecorder Latency { get; } = new();

    public void Send(MessageLine line)
    {
        _sentAt = Stopwatch.GetTimestamp();
        line.TrySend(Payload.Bytes, isText: true);
    }

    public void OnMessage(in Message message)
    {
        Latency.Record(Stopwatch.GetTimestamp() - _sentAt);
        Send(message.Line);
    }
}
