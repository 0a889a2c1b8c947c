using System;
using System.Buffers;
using System.Text;
using PerfConn.Protocol;

namespace PerfConn.Examples;

/// <summary>A venue whose messages are <c>SYMBOL price</c>, and to which one subscribes by <c>+SYMBOL</c>.</summary>
public struct PriceProtocol : IVenueProtocol
{
    public static bool IgnoresSymbolCase => false;

    public readonly void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        int space = message.IndexOf((byte)' ');
        if (space < 1)
        {
            sink.OnOther(message);
            return;
        }

        sink.OnTick(message[..space], default, message[(space + 1)..]);
    }

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error)
    {
        (symbol, channel, error) = (stream, default, "");
        return true;
    }

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => Write(output, '+', streams);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => Write(output, '-', streams);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => output.Write("?"u8);

    private static void Write(IBufferWriter<byte> output, char sign, ReadOnlySpan<string> streams) =>
        Encoding.UTF8.GetBytes(sign + string.Join(sign, streams!), output);
}
