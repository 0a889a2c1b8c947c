using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;

namespace PerfConn.Tests.Conformance;

/// <summary>A server's frames, byte by byte as RFC 6455 section 5.2 draws them, and as wrong as asked.</summary>
internal static class Frame
{
    public static byte[] Text(string text, bool fin = true, int rsv = 0) => Of(1, Encoding.UTF8.GetBytes(text), fin, rsv);

    public static byte[] Text(byte[] text, bool fin = true) => Of(1, text, fin);

    public static byte[] Binary(byte[] payload, bool fin = true, int rsv = 0) => Of(2, payload, fin, rsv);

    public static byte[] More(string text, bool fin) => Of(0, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] More(byte[] payload, bool fin) => Of(0, payload, fin);

    public static byte[] Ping(string payload = "", bool fin = true, int rsv = 0) => Of(9, Encoding.Latin1.GetBytes(payload), fin, rsv);

    public static byte[] Pong(string payload = "", bool fin = true) => Of(10, Encoding.Latin1.GetBytes(payload), fin);

    public static byte[] Close(int code, string reason = "", int rsv = 0) => Close(code, Encoding.UTF8.GetBytes(reason), rsv);

    public static byte[] Close(int code, byte[] reason, int rsv = 0) => Of(8, [(byte)(code >> 8), (byte)code, .. reason], rsv: rsv);

    public static byte[] Of(int opcode, byte[] payload, bool fin = true, int rsv = 0)
    {
        byte first = (byte)((fin ? 0x80 : 0) | (rsv << 4) | opcode);
        byte[] header = payload.Length switch
        {
            < 126 => [first, (byte)payload.Length],
            <= ushort.MaxValue => [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [first, 127, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        if (payload.Length > ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(2), (ulong)payload.Length);
        }

        return [.. header, .. payload];
    }

    /// <summary>A message in fragments of so many bytes.</summary>
    public static byte[][] Fragments(int opcode, byte[] payload, int size)
    {
        byte[][] pieces = [.. payload.Chunk(size)];
        return [.. pieces.Select((piece, i) => Of(i == 0 ? opcode : 0, piece, fin: i == pieces.Length - 1))];
    }
}
