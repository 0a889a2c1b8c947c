using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using PerfConn.Protocol;
using PerfConn.Transport;

namespace PerfConn.Tests.Faults;

/// <summary>A venue that says nothing but ticks: every message is one, whatever it holds. Requests are answered by an <c>ok</c> with their id.</summary>
internal struct PlainProtocol : IVenueProtocol
{
    public static bool IgnoresSymbolCase => false;

    public static Venue<PlainProtocol> At(string url) => new() { Name = "plain", Endpoint = Endpoint.Parse(url) };

    public readonly void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (message.StartsWith("ok "u8) && Utf8Parser.TryParse(message[3..], out long id, out _))
        {
            sink.OnAccepted(id, default);
        }
        else
        {
            sink.OnTick("X"u8, default, message);
        }
    }

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error)
    {
        (symbol, channel, error) = (stream, default, "");
        return true;
    }

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => Write(output, requestId);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => Write(output, requestId);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => Write(output, requestId);

    private static void Write(IBufferWriter<byte> output, long requestId) => output.Write(Encoding.ASCII.GetBytes($"request {requestId}"));
}
