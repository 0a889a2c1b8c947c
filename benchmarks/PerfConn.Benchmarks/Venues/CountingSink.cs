using System;
using PerfConn.Protocol;

namespace PerfConn.Benchmarks.Venues;

/// <summary>Adds up what it is given, so that nothing is optimised away.</summary>
internal struct CountingSink : IProtocolSink
{
    public long Sum;

    public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload) =>
        Sum += symbol.Length + channel.Value + payload.Length;

    public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => Sum += requestId;

    public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => Sum += code;

    public void OnShutdownNotice() => Sum++;

    public void OnOther(ReadOnlySpan<byte> message) => Sum += message.Length;
}
