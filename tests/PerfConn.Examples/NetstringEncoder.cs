using System;
using System.Buffers.Text;
using PerfConn.Framing;

namespace PerfConn.Examples;

/// <summary>Any message can be written. One that could not would throw a <see cref="PerfConn.Diagnostics.FramingException"/>, to its sender only.</summary>
public sealed class NetstringEncoder : IFrameEncoder
{
    public int MaxSize(int payloadLength) => 10 + 1 + payloadLength + 1;

    public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
    {
        Utf8Formatter.TryFormat(payload.Length, destination, out int size);
        destination[size++] = (byte)':';
        payload.CopyTo(destination[size..]);
        size += payload.Length;
        destination[size++] = (byte)',';
        return size;
    }
}
