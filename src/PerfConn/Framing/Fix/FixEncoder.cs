using System;
using System.Buffers.Text;
using System.Diagnostics;
using PerfConn.Diagnostics;

namespace PerfConn.Framing.Fix;

/// <summary>Writes a body as a message: BeginString and BodyLength before it, CheckSum behind it.</summary>
internal sealed class FixEncoder(FixFraming framing) : IFrameEncoder
{
    /// <summary>Ten digits and an SOH.</summary>
    private const int MaxLengthSize = 11;

    private readonly byte[] _prefix = framing.Prefix();

    public int MaxSize(int payloadLength) => checked(_prefix.Length + MaxLengthSize + payloadLength + FixTrailer.Size);

    public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
    {
        if (!payload.StartsWith("35="u8) || payload[^1] != FixTrailer.Soh)
        {
            throw new FramingException("the message cannot be sent: a FIX body begins with its MsgType (35=) and ends with SOH; 8, 9 and 10 are added by the framing");
        }

        _prefix.CopyTo(destination);
        bool isWritten = Utf8Formatter.TryFormat(payload.Length, destination[_prefix.Length..], out int digits);
        Debug.Assert(isWritten, "MaxSize has room for the digits of any length");
        int size = _prefix.Length + digits;
        destination[size++] = FixTrailer.Soh;
        payload.CopyTo(destination[size..]);
        size += payload.Length;
        FixTrailer.Write(destination[size..], FixTrailer.Sum(destination[..size]));
        return size + FixTrailer.Size;
    }
}
