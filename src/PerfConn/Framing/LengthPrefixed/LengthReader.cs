using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PerfConn.Framing.LengthPrefixed;

/// <summary>Reads the length before a frame.</summary>
internal readonly struct LengthReader
{
    /// <summary>The longest field: 64 bits in sevens.</summary>
    public const int MaxSize = 10;

    private readonly int _size;
    private readonly int _shift;
    private readonly bool _isLittleEndian;
    private readonly bool _countsItself;

    public LengthReader(LengthPrefixedFraming options)
    {
        _size = (int)options.Field;
        _shift = 64 - (8 * _size);
        _isLittleEndian = options.IsLittleEndian;
        _countsItself = options.CountsItself;
    }

    /// <summary>Reads the field at the start of the bytes.</summary>
    /// <param name="bytes">The bytes from the field on, as far as they have arrived.</param>
    /// <param name="size">How many bytes the field takes; 0 while it is not there in full.</param>
    /// <param name="length">How many bytes follow it, 0 while that is not known: any value that 64 bits hold, for the caller to hold against its limit.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FrameFault Read(ReadOnlySpan<byte> bytes, out int size, out ulong length)
    {
        if (_size != 0 && bytes.Length >= sizeof(ulong))
        {
            // One load for every size of field: what it takes from the payload is shifted out.
            size = _size;
            length = _isLittleEndian
                ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) << _shift >> _shift
                : BinaryPrimitives.ReadUInt64BigEndian(bytes) >> _shift;
        }
        else if (_size == 0 && !bytes.IsEmpty && bytes[0] < 0x80)
        {
            size = 1;
            length = bytes[0];
        }
        else
        {
            FrameFault fault = _size == 0 ? ReadVarint(bytes, out size, out length) : ReadShort(bytes, out size, out length);
            if (size == 0)
            {
                return fault;
            }
        }

        if (_countsItself)
        {
            if (length < (ulong)size)
            {
                return FrameFault.BadLength;
            }

            length -= (ulong)size;
        }

        return FrameFault.None;
    }

    /// <summary>
    /// Nothing is said of a field that has not ended, however large it is already: what a peer did wrong must not depend on where its bytes were cut.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FrameFault ReadVarint(ReadOnlySpan<byte> bytes, out int size, out ulong length)
    {
        size = 0;
        length = 0;
        ulong value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, MaxSize); i++)
        {
            byte part = bytes[i];
            if (i == MaxSize - 1 && part > 1)
            {
                // An eleventh byte, or a 65th bit.
                return FrameFault.BadLength;
            }

            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                size = i + 1;
                length = value;
                return FrameFault.None;
            }
        }

        return FrameFault.None;
    }

    /// <summary>The end of the buffer is too near for the one load.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameFault ReadShort(ReadOnlySpan<byte> bytes, out int size, out ulong length)
    {
        size = 0;
        length = 0;
        if (bytes.Length >= _size)
        {
            size = _size;
            for (int i = 0; i < _size; i++)
            {
                length = (length << 8) | bytes[_isLittleEndian ? _size - 1 - i : i];
            }
        }

        return FrameFault.None;
    }
}
