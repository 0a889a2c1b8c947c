using System;
using PerfConn.Diagnostics;

namespace PerfConn.Framing.Delimited;

/// <summary>Writes a message and its delimiter.</summary>
internal sealed class DelimitedEncoder(DelimitedFraming framing) : IFrameEncoder
{
    private readonly byte[] _delimiter = framing.Delimiter.ToArray();

    public int MaxSize(int payloadLength) => checked(payloadLength + _delimiter.Length);

    public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(destination);
        _delimiter.CopyTo(destination[payload.Length..]);
        int size = payload.Length + _delimiter.Length;

        // Searched with the delimiter behind it: a payload that ends with the first bytes of a delimiter like "\n\n" would be cut too early as well.
        int found = destination[..size].IndexOf(_delimiter);
        return found == payload.Length
            ? size
            : throw new FramingException($"the message cannot be sent: from byte {found} of its {payload.Length} it would be read as ended by the delimiter");
    }
}
