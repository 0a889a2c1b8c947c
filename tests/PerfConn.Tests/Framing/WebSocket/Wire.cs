using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>Writes frames byte by byte from RFC 6455 section 5.2, with every mistake that a peer can make; shares nothing with the encoder under test.</summary>
internal static class Wire
{
    public const byte Fin = 0x80;
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    /// <summary>A final frame with a length in its shortest form.</summary>
    public static byte[] Frame(byte opcode, ReadOnlySpan<byte> payload, uint? mask = null) => Raw((byte)(Fin | opcode), payload, mask);

    public static byte[] Frame(byte opcode, string payload, uint? mask = null) => Frame(opcode, Encoding.UTF8.GetBytes(payload), mask);

    /// <summary>A frame that another one continues.</summary>
    public static byte[] Part(byte opcode, ReadOnlySpan<byte> payload, uint? mask = null) => Raw(opcode, payload, mask);

    public static byte[] Part(byte opcode, string payload, uint? mask = null) => Part(opcode, Encoding.UTF8.GetBytes(payload), mask);

    /// <summary>Any first byte.</summary>
    public static byte[] Raw(byte first, ReadOnlySpan<byte> payload, uint? mask = null)
    {
        int form = payload.Length < 126 ? 0 : payload.Length < 65536 ? 2 : 8;
        byte[] header = Header(first, payload.Length, form, mask);
        byte[] masked = payload.ToArray();
        for (int i = 0; mask is { } key && i < masked.Length; i++)
        {
            masked[i] ^= (byte)(key >> (24 - (8 * (i % 4))));
        }

        return [.. header, .. masked];
    }

    /// <summary>A header alone, its length in 0, 2 or 8 further bytes whatever its value.</summary>
    public static byte[] Header(byte first, long length, int form, uint? mask = null)
    {
        byte maskBit = mask is null ? (byte)0 : (byte)0x80;
        var header = new byte[2 + form + (mask is null ? 0 : 4)];
        header[0] = first;
        header[1] = (byte)(maskBit | form switch { 0 => (byte)length, 2 => 126, _ => 127 });
        for (int i = 0; i < form; i++)
        {
            header[2 + i] = (byte)(length >> (8 * (form - 1 - i)));
        }

        if (mask is { } key)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(2 + form), key);
        }

        return header;
    }

    public static byte[] CloseFrame(int code, string reason = "") =>
        Frame(Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public static byte[] Join(params byte[][] frames) => frames.SelectMany(frame => frame).ToArray();

    /// <summary>Text of a given length in bytes with characters of one to four bytes.</summary>
    public static byte[] MixedText(int length)
    {
        var bytes = new byte[length];
        ReadOnlySpan<byte> pattern = "a\u00e9z\u20acq\U0001F4C8-"u8;
        int i = 0;
        for (; i + pattern.Length <= length; i += pattern.Length)
        {
            pattern.CopyTo(bytes.AsSpan(i));
        }

        bytes.AsSpan(i).Fill((byte)'.');
        return bytes;
    }

    /// <summary>Bytes that differ from place to place.</summary>
    public static byte[] Bytes(int length) => Enumerable.Range(0, length).Select(i => (byte)((i * 7) + (i >> 8))).ToArray();
}
