using System;
using System.Buffers.Binary;
using System.Diagnostics;

namespace PerfConn.Transport;

/// <summary>
/// The header that goes before each piece of a message in a pipe of <see cref="TransportContent.Messages"/>: how long the piece is, what it is,
/// and whether it ends its message. With it a transport that already has messages keeps their boundaries.
/// </summary>
/// <remarks>
/// Eight bytes: length (32 bit, little-endian), opcode (RFC 6455 section 5.2 numbers), flags (bit 0: end of message), two zero bytes. A close
/// record's payload is that of a Close frame: a big-endian code and a reason, or nothing.
/// </remarks>
public readonly record struct MessageRecord(int Length, byte Opcode, bool EndOfMessage)
{
    /// <summary>Size of the header in bytes.</summary>
    public const int HeaderSize = 8;

    /// <summary>Text message.</summary>
    public const byte Text = 1;

    /// <summary>Binary message.</summary>
    public const byte Binary = 2;

    /// <summary>Close; no record follows.</summary>
    public const byte Close = 8;

    /// <summary>Ping.</summary>
    public const byte Ping = 9;

    /// <summary>Pong.</summary>
    public const byte Pong = 10;

    /// <summary>Writes the header into the first eight bytes of <paramref name="destination"/>.</summary>
    public void WriteTo(Span<byte> destination)
    {
        Debug.Assert(Length >= 0, "a record has no negative length");
        BinaryPrimitives.WriteInt32LittleEndian(destination, Length);
        destination[4] = Opcode;
        destination[5] = EndOfMessage ? (byte)1 : (byte)0;
        destination[6] = 0;
        destination[7] = 0;
    }

    /// <summary>Reads a header from the first eight bytes of <paramref name="source"/>.</summary>
    public static MessageRecord Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadInt32LittleEndian(source), source[4], (source[5] & 1) != 0);
}
