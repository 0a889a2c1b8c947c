using System;
using System.Buffers;
using System.Text;
using PerfConn.Protocol;

namespace PerfConn.Examples;

/// <summary>
/// A venue that numbers its messages, not its streams, and counts anew with each connection, as Coinbase does with <c>sequence_num</c>: a message is
/// <c>NUMBER SYMBOL price SYMBOL price ...</c>, and one without a symbol is a heartbeat, which has a number too. The rule is two members; the ledger does the rest.
/// </summary>
public struct GatewayProtocol : IVenueProtocol
{
    public static bool IgnoresSymbolCase => false;

    public static SequenceRule LineRule => SequenceRule.Contiguous with { RestartsWithConnection = true };

    public static bool TryReadLineSequence(ReadOnlySpan<byte> message, out SequenceSpan span)
    {
        bool read = Utf8Integer.TryParse(message, out long number, out _);
        span = SequenceSpan.Single(number);
        return read;
    }

    public readonly void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        ReadOnlySpan<byte> rest = After(message);
        if (rest.IsEmpty)
        {
            sink.OnOther(message);
        }

        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> symbol = Word(rest);
            rest = After(rest);
            sink.OnTick(symbol, default, Word(rest));
            rest = After(rest);
        }
    }

    public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error)
    {
        (symbol, channel, error) = (stream, default, "");
        return true;
    }

    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => Write(output, '+', streams);

    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => Write(output, '-', streams);

    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => output.Write("?"u8);

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> text) => text.IndexOf((byte)' ') is var space and >= 0 ? text[..space] : text;

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text) => text.IndexOf((byte)' ') is var space and >= 0 ? text[(space + 1)..] : default;

    private static void Write(IBufferWriter<byte> output, char sign, ReadOnlySpan<string> streams) =>
        Encoding.UTF8.GetBytes(sign + string.Join(sign, streams!), output);
}
