using System;
using System.Buffers.Binary;

namespace PerfConn.Protocol.Shapes;

/// <summary>Ticks out of a binary frame of packets, each of which names its instrument by an integer: one tick for each, its payload the packet's own bytes.</summary>
/// <remarks>
/// The lengths of all packets are verified before the first is poured: a torn frame gives nothing rather than a part. Nothing is predicted, as nothing is searched for:
/// see README.md. Allocates nothing and never throws.
/// </remarks>
/// <typeparam name="TLayout">How a packet is laid out.</typeparam>
public static class TokenReader<TLayout>
    where TLayout : struct, ITokenLayout
{
    /// <summary>
    /// A count as int16, then for each packet its length as int16 and the packet, big endian (Zerodha Kite v3, kite.trade/docs/connect/v3/websocket).
    /// </summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="table">Names by token; a packet whose token has none is poured as "other".</param>
    /// <param name="sink">Where to.</param>
    /// <returns>False, with nothing poured, unless the packets are as many as said and fill the frame.</returns>
    public static bool TryPourCounted<TSink>(ReadOnlySpan<byte> frame, TokenTable table, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (!BinaryPrimitives.TryReadInt16BigEndian(frame, out short count) || count < 0)
        {
            return false;
        }

        int position = sizeof(short);
        for (int i = 0; i < count; i++)
        {
            if (frame.Length - position < sizeof(short))
            {
                return false;
            }

            int length = BinaryPrimitives.ReadInt16BigEndian(frame[position..]);
            position += sizeof(short) + length;
            if (length < 0 || position > frame.Length)
            {
                return false;
            }
        }

        if (position != frame.Length)
        {
            return false;
        }

        position = sizeof(short);
        for (int i = 0; i < count; i++)
        {
            int length = BinaryPrimitives.ReadInt16BigEndian(frame[position..]);
            position += sizeof(short);
            Pour(frame.Slice(position, length), table, ref sink);
            position += length;
        }

        return true;
    }

    /// <summary>A header, then records of one size to the end of the frame.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="header">Bytes before the first record, 0 or more.</param>
    /// <param name="size">Bytes of a record, 1 or more.</param>
    /// <param name="table">Names by token; a record whose token has none is poured as "other".</param>
    /// <param name="sink">Where to.</param>
    /// <returns>False, with nothing poured, when the frame is shorter than its header or ends inside a record.</returns>
    public static bool TryPourFixed<TSink>(ReadOnlySpan<byte> frame, int header, int size, TokenTable table, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (header < 0 || size <= 0 || frame.Length < header || (frame.Length - header) % size != 0)
        {
            return false;
        }

        for (ReadOnlySpan<byte> rest = frame[header..]; !rest.IsEmpty; rest = rest[size..])
        {
            Pour(rest[..size], table, ref sink);
        }

        return true;
    }

    private static void Pour<TSink>(ReadOnlySpan<byte> packet, TokenTable table, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (TLayout.TryRead(packet, out uint token, out TickChannel channel) && table.TryGetName(token, out ReadOnlySpan<byte> name))
        {
            sink.OnTick(name, channel, packet);
        }
        else
        {
            sink.OnOther(packet);
        }
    }
}
