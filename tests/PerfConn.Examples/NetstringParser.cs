using System;
using System.Buffers;
using PerfConn.Framing;

namespace PerfConn.Examples;

/// <summary>A struct, so that the receive loop is compiled together with it.</summary>
public readonly struct NetstringParser(FrameLimits limits) : IFrameParser
{
    private const int MaxDigits = 9;

    public bool IsClosed => false; // There is no Close frame.

    public bool IsMidway => false; // A frame that is not whole stays in the buffer.

    public FrameFault Parse<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink, out SequencePosition consumed)
        where TSink : struct, IFrameSink, allows ref struct
    {
        var reader = new SequenceReader<byte>(buffer);
        while (true)
        {
            consumed = reader.Position;
            FrameFault fault = Read(ref reader, out ReadOnlySequence<byte>? payload);
            if (payload is null)
            {
                return fault;
            }

            Deliver(payload.Value, ref sink);
        }
    }

    public void Dispose()
    {
        // Nothing is held between calls.
    }

    private FrameFault Read(ref SequenceReader<byte> reader, out ReadOnlySequence<byte>? payload)
    {
        payload = null;
        int length = 0;
        for (int digits = 0; reader.TryRead(out byte next); digits++)
        {
            if (next == ':' && digits > 0)
            {
                return ReadPayload(ref reader, length, out payload);
            }

            if (next is < (byte)'0' or > (byte)'9' || digits == MaxDigits)
            {
                return FrameFault.BadLength;
            }

            length = (length * 10) + (next - '0');
        }

        return FrameFault.None; // The length has not arrived in full.
    }

    private FrameFault ReadPayload(ref SequenceReader<byte> reader, int length, out ReadOnlySequence<byte>? payload)
    {
        payload = null;
        if (length > limits.MaxMessageSize)
        {
            return FrameFault.MessageTooBig; // Before a byte of it is waited for.
        }

        if (reader.Remaining <= length)
        {
            return FrameFault.None;
        }

        ReadOnlySequence<byte> whole = reader.UnreadSequence.Slice(0, length);
        reader.Advance(length);
        if (!reader.IsNext((byte)',', advancePast: true))
        {
            return FrameFault.Malformed;
        }

        payload = whole;
        return FrameFault.None;
    }

    private static void Deliver<TSink>(in ReadOnlySequence<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (payload.IsSingleSegment)
        {
            sink.OnMessage(payload.FirstSpan, isText: false);
            return;
        }

        byte[] scratch = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        payload.CopyTo(scratch);
        sink.OnMessage(scratch.AsSpan(0, (int)payload.Length), isText: false);
        ArrayPool<byte>.Shared.Return(scratch);
    }
}
