using System;
using System.Collections.Generic;
using System.Text;
using PerfConn.Protocol;

namespace PerfConn.Tests.Venues.Binance;

/// <summary>Writes down what a protocol pours, one line for each call.</summary>
internal readonly struct RecordingSink(List<string> calls) : IProtocolSink
{
    public void OnTick(ReadOnlySpan<byte> symbol, TickChannel channel, ReadOnlySpan<byte> payload) =>
        calls.Add($"tick {Text(symbol)} {channel.Value} {Text(payload)}");

    public void OnAccepted(long requestId, ReadOnlySpan<byte> result) => calls.Add($"accepted {requestId} {Text(result)}");

    public void OnRefused(long requestId, int code, ReadOnlySpan<byte> message) => calls.Add($"refused {requestId} {code} {Text(message)}");

    public void OnShutdownNotice() => calls.Add("shutdown");

    public void OnOther(ReadOnlySpan<byte> message) => calls.Add($"other {Text(message)}");

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
