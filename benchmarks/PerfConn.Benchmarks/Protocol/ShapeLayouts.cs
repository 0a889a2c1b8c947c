using System;
using System.Buffers.Binary;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;

namespace PerfConn.Benchmarks.Protocol;

/// <summary>The messages of ShapeBenchmarks.</summary>
internal static class ShapeLayouts
{
    internal struct CoinbaseShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "product_id"u8;

        public static ReadOnlySpan<byte> Channel => "type"u8;

        public static ReadOnlySpan<byte> Payload => default;
    }

    internal struct DerivShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "tick/symbol"u8;

        public static ReadOnlySpan<byte> Channel => "msg_type"u8;

        public static ReadOnlySpan<byte> Payload => "tick"u8;
    }

    internal struct BybitShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "topic"u8;

        public static ReadOnlySpan<byte> Channel => default;

        public static ReadOnlySpan<byte> Payload => "data"u8;
    }

    internal struct BybitTopics : ITopicNames
    {
        public static int Count => 3;

        public static ReadOnlySpan<byte> NameOf(int index) => index switch
        {
            0 => "orderbook.1."u8,
            1 => "orderbook.50."u8,
            _ => "publicTrade."u8,
        };
    }

    internal struct ItemShape : IMessageShape
    {
        public static ReadOnlySpan<byte> Symbol => "symbol"u8;

        public static ReadOnlySpan<byte> Channel => default;

        public static ReadOnlySpan<byte> Payload => default;
    }

    internal struct LtpLayout : ITokenLayout
    {
        public static bool TryRead(ReadOnlySpan<byte> packet, out uint token, out TickChannel channel)
        {
            channel = default;
            return BinaryPrimitives.TryReadUInt32BigEndian(packet, out token) && packet.Length == 8;
        }
    }
}
