using System;
using System.Buffers.Binary;
using System.Diagnostics;
using PerfConn.Diagnostics;

namespace PerfConn.Framing.LengthPrefixed;

/// <summary>Writes the length of a message and the message. A varint is written in its shortest form.</summary>
internal sealed class LengthPrefixedEncoder(LengthPrefixedFraming framing) : IFrameEncoder
{
    private readonly int _size = (int)framing.Field;

    public int MaxSize(int payloadLength) => checked(LengthReader.MaxSize + payloadLength);

    public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
    {
        int size = _size != 0 ? WriteFixed(destination, payload.Length) : WriteVarint(destination, payload.Length);
        payload.CopyTo(destination[size..]);
        return size + payload.Length;
    }

    private int WriteFixed(Span<byte> destination, int payloadLength)
    {
        long length = payloadLength + (framing.CountsItself ? _size : 0L);
        if (_size < sizeof(int) && length >> (8 * _size) != 0)
        {
            throw new FramingException($"the message cannot be sent: its length of {payloadLength} bytes does not fit into a field of {_size}");
        }

        Span<byte> field = stackalloc byte[sizeof(long)];
        if (framing.IsLittleEndian)
        {
            BinaryPrimitives.WriteInt64LittleEndian(field, length);
            field[.._size].CopyTo(destination);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(field, length);
            field[^_size..].CopyTo(destination);
        }

        return _size;
    }

    private int WriteVarint(Span<byte> destination, int payloadLength)
    {
        long length = payloadLength;
        if (framing.CountsItself)
        {
            // The field's own bytes may push the length over the edge to one byte more, and then the field is that long.
            int own = 1;
            while (payloadLength + own >= 1L << (7 * own))
            {
                own++;
            }

            length += own;
        }

        int size = 0;
        for (ulong rest = (ulong)length; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                destination[size++] = (byte)rest;
                break;
            }

            destination[size++] = (byte)(rest | 0x80);
        }

        Debug.Assert(size <= 6, "an int and its field fit into 35 bits and one more");
        return size;
    }
}
