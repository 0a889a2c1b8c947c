using System;
using Record = PerfConn.Transport.MessageRecord;

namespace PerfConn.Framing.MessageRecord;

/// <summary>Writes outgoing messages as records, for a transport that frames them itself.</summary>
internal sealed class MessageRecordEncoder : IFrameEncoder
{
    public int MaxSize(int payloadLength) => Record.HeaderSize + payloadLength;

    public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
    {
        new Record(payload.Length, opcode, EndOfMessage: true).WriteTo(destination);
        payload.CopyTo(destination[Record.HeaderSize..]);
        return Record.HeaderSize + payload.Length;
    }
}
