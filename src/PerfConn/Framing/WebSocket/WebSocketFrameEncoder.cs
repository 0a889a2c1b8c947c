using System;
using System.Buffers.Binary;
using PerfConn.Framing.WebSocket.Compression;

namespace PerfConn.Framing.WebSocket;

/// <summary>Writes outgoing frames, RFC 6455 section 5.2: unfragmented, and masked with a fresh unpredictable key when this end is the client.</summary>
/// <param name="keys">Where masking keys come from; null for a server, which does not mask.</param>
/// <param name="deflater">What compresses messages; null where that has not been negotiated or is not wanted.</param>
internal sealed class WebSocketFrameEncoder(MaskKeys? keys, MessageDeflater? deflater = null) : IFrameEncoder, IDisposable
{
    public int MaxSize(int payloadLength) => FrameHeader.MaxSize + (deflater is null ? payloadLength : MessageDeflater.MaxSize(payloadLength));

    public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
    {
        // Control frames are never compressed (RFC 7692 section 6.1).
        if (deflater is null || opcode >= (byte)ControlFrame.Close || !deflater.TryDeflate(payload, out ReadOnlySpan<byte> deflated))
        {
            return Write(destination, opcode, payload);
        }

        int size = Write(destination, (byte)(FrameHeader.Compressed | opcode), deflated);
        deflater.Trim();
        return size;
    }

    public void Dispose() => deflater?.Dispose();

    private int Write(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
    {
        byte maskBit = keys is null ? (byte)0 : FrameHeader.MaskBit;
        destination[0] = (byte)(FrameHeader.Fin | opcode);
        int size;
        if (payload.Length < FrameHeader.Length16)
        {
            destination[1] = (byte)(maskBit | payload.Length);
            size = 2;
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            destination[1] = (byte)(maskBit | FrameHeader.Length16);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
            size = 4;
        }
        else
        {
            destination[1] = (byte)(maskBit | FrameHeader.Length64);
            BinaryPrimitives.WriteInt64BigEndian(destination[2..], payload.Length);
            size = 10;
        }

        if (keys is null)
        {
            payload.CopyTo(destination[size..]);
            return size + payload.Length;
        }

        uint key = keys.Next();
        BinaryPrimitives.WriteUInt32LittleEndian(destination[size..], key);
        Span<byte> masked = destination.Slice(size + 4, payload.Length);
        payload.CopyTo(masked);
        Masking.Apply(masked, key);
        return size + 4 + payload.Length;
    }
}
