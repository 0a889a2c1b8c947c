using System;
using System.Buffers;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.Delimited;
using PerfConn.Framing.Fix;
using PerfConn.Framing.LengthPrefixed;
using PerfConn.Protocol;

namespace PerfConn.Tests.Connections;

/// <summary>The raw framings by name, frames of theirs made without their encoders, and a protocol to which every message is a tick of its symbol.</summary>
internal static class RawFramings
{
    public static readonly string[] Names = ["length", "varint", "delimited", "fix"];

    public static MessageFraming Framing(string name) => name switch
    {
        "length" => new LengthPrefixedFraming { Field = LengthField.TwoBytes, IsLittleEndian = true, CountsItself = true },
        "varint" => new LengthPrefixedFraming { Field = LengthField.Varint },
        "delimited" => new DelimitedFraming { Delimiter = "\r\n"u8.ToArray() },
        "fix" => new FixFraming(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>A message of a number, short enough for a varint of one byte.</summary>
    public static byte[] Frame(string name, int number)
    {
        string text = $"35=X\u000134={number}\u0001";
        return name switch
        {
            "length" => [(byte)(text.Length + 2), 0, .. Encoding.ASCII.GetBytes(text)],
            "varint" => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)],
            "delimited" => Encoding.ASCII.GetBytes(text + "\r\n"),
            _ => Tests.Framing.Fix.FixText.Message(text),
        };
    }

    public static Venue<AnyMessage> Venue(string url) => new() { Name = "raw", Endpoint = PerfConn.Transport.Endpoint.Parse(url) };

    internal struct AnyMessage : IVenueProtocol
    {
        public static bool IgnoresSymbolCase => false;

        public readonly void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
            where TSink : struct, IProtocolSink, allows ref struct => sink.OnTick("ANY"u8, default, message);

        public static bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error)
        {
            (symbol, channel, error) = ("ANY", default, "");
            return true;
        }

        public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => output.Write("35=V\u0001"u8);

        public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) => output.Write("35=V\u0001"u8);

        public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId) => output.Write("35=V\u0001"u8);
    }
}
