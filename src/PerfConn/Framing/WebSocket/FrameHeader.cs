using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// The header of one frame, RFC 6455 section 5.2: FIN, RSV1-3, opcode; MASK, 7-bit length; 16 or 64 more bits of length; masking key.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct FrameHeader
{
    /// <summary>The longest header: 2 bytes, 8 of length, 4 of key.</summary>
    public const int MaxSize = 14;

    public const byte Fin = 0x80;
    public const byte ReservedBits = 0x70;

    /// <summary>RSV1, which RFC 7692 section 6 gives to the first frame of a compressed message.</summary>
    public const byte Compressed = 0x40;
    public const byte OpcodeBits = 0x0F;
    public const byte MaskBit = 0x80;
    public const byte LengthBits = 0x7F;
    public const byte Length16 = 126;
    public const byte Length64 = 127;
    public const int MaxControlPayload = 125;

    private FrameHeader(byte first, bool isMasked, uint maskKey, long length, int size)
    {
        First = first;
        IsMasked = isMasked;
        MaskKey = maskKey;
        Length = length;
        Size = size;
    }

    /// <summary>The first byte: FIN, reserved bits and opcode.</summary>
    public byte First { get; }

    public bool IsMasked { get; }

    /// <summary>The key as its four bytes read little-endian: byte i of the payload is xored with byte i mod 4.</summary>
    public uint MaskKey { get; }

    public long Length { get; }

    /// <summary>Header bytes.</summary>
    public int Size { get; }

    public bool IsFinal => (First & Fin) != 0;

    public int Opcode => First & OpcodeBits;

    public bool IsControl => (First & 0x08) != 0;

    public bool IsText => Opcode == 1;

    public bool IsCompressed => (First & Compressed) != 0;

    /// <summary>Reads a header. False when more bytes are needed; a fault is told as soon as the bytes that show it are there.</summary>
    /// <param name="bytes">What has arrived of the frame.</param>
    /// <param name="mayBeCompressed">Whether compression has been negotiated.</param>
    /// <param name="header">The header; without its key, the key's bytes being the only ones missing, it is set all the same.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryRead<TRole>(ReadOnlySpan<byte> bytes, bool mayBeCompressed, out FrameHeader header, out FrameFault fault)
        where TRole : struct, IWebSocketRole
    {
        header = default;
        fault = FrameFault.None;
        if (bytes.IsEmpty)
        {
            return false;
        }

        fault = CheckFirst(bytes[0], mayBeCompressed);
        if (fault != FrameFault.None || bytes.Length < 2)
        {
            return false;
        }

        fault = CheckSecond<TRole>(bytes[0], bytes[1]);
        if (fault != FrameFault.None)
        {
            return false;
        }

        bool isMasked = (bytes[1] & MaskBit) != 0;
        int lengthCode = bytes[1] & LengthBits;
        int extra = lengthCode switch { Length16 => 2, Length64 => 8, _ => 0 };
        int size = 2 + extra + (isMasked ? 4 : 0);
        if (bytes.Length < 2 + extra)
        {
            return false;
        }

        if (!TryReadLength(bytes, lengthCode, out long length))
        {
            fault = FrameFault.BadLength;
            return false;
        }

        if (bytes.Length < size)
        {
            // The length is known, the key is not: a limit on the length must not wait for the key.
            header = new FrameHeader(bytes[0], isMasked, 0, length, size);
            return false;
        }

        uint key = isMasked ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(2 + extra)..]) : 0;
        header = new FrameHeader(bytes[0], isMasked, key, length, size);
        Debug.Assert(header.Length >= 0, "the top bit has been refused");
        return true;
    }

    private static FrameFault CheckFirst(byte first, bool mayBeCompressed)
    {
        bool beginsCompressed = mayBeCompressed && (first & (ReservedBits | OpcodeBits)) is (Compressed | 1) or (Compressed | 2);
        if ((first & ReservedBits) != 0 && !beginsCompressed)
        {
            return FrameFault.ReservedBit;
        }

        return (first & OpcodeBits) switch
        {
            0 or 1 or 2 => FrameFault.None,
            8 or 9 or 10 => (first & Fin) == 0 ? FrameFault.ControlFragmented : FrameFault.None,
            _ => FrameFault.ReservedOpcode,
        };
    }

    private static FrameFault CheckSecond<TRole>(byte first, byte second)
        where TRole : struct, IWebSocketRole
    {
        if ((second & MaskBit) != 0 != TRole.ExpectsMask)
        {
            return TRole.ExpectsMask ? FrameFault.NotMasked : FrameFault.Masked;
        }

        if ((first & 0x08) == 0)
        {
            return FrameFault.None;
        }

        // A close has no payload or one that begins with two bytes of code.
        return (second & LengthBits) > MaxControlPayload ? FrameFault.ControlTooLong
            : (first & OpcodeBits) == (int)ControlFrame.Close && (second & LengthBits) == 1 ? FrameFault.InvalidClose
            : FrameFault.None;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, int lengthCode, out long length)
    {
        switch (lengthCode)
        {
            case Length16:
                length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
                return length >= Length16;
            case Length64:
                length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
                return length > ushort.MaxValue;
            default:
                length = lengthCode;
                return true;
        }
    }
}
