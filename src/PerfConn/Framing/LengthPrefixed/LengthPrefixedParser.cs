using System;
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfConn.Framing.LengthPrefixed;

/// <summary>
/// Reads frames that begin with their length. A length meets the limit as soon as its field has arrived. What has not arrived in full is left
/// where it is: a frame costs one reading of its field per read, however slowly it trickles in.
/// </summary>
internal struct LengthPrefixedParser : IFrameParser
{
    private readonly LengthReader _reader;
    private readonly int _maxMessageSize;
    private FrameFault _fault;

    public LengthPrefixedParser(LengthPrefixedFraming options, FrameLimits limits)
    {
        _reader = new LengthReader(options);
        _maxMessageSize = limits.MaxMessageSize;
    }

    /// <summary>Never: such a stream has no Close frame.</summary>
    public readonly bool IsClosed => false;

    /// <summary>Never: a frame is consumed as a whole.</summary>
    public readonly bool IsMidway => false;

    public FrameFault Parse<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink, out SequencePosition consumed)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Debug.Assert(_fault == FrameFault.None, "a parser is not called again after a fault");
        consumed = buffer.IsSingleSegment ? buffer.GetPosition(ParseSpan(buffer.FirstSpan, ref sink)) : ParseSegments(buffer, ref sink);
        return _fault;
    }

    public readonly void Dispose()
    {
        // Nothing is held between calls.
    }

    /// <summary>Parses the whole frames at the start of the span; gives how many bytes they take.</summary>
    private int ParseSpan<TSink>(ReadOnlySpan<byte> span, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        LengthReader reader = _reader;
        uint limit = (uint)_maxMessageSize;
        int position = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = span[position..];
            FrameFault fault = reader.Read(rest, out int size, out ulong length);
            if (fault != FrameFault.None || length > limit)
            {
                _fault = fault != FrameFault.None ? fault : FrameFault.MessageTooBig;
                return position;
            }

            if (size == 0 || (int)length > rest.Length - size)
            {
                return position;
            }

            position += size + (int)length;
            sink.OnMessage(rest.Slice(size, (int)length), isText: false);
        }
    }

    /// <summary>Parses a buffer of several segments: whole frames in each by the span path, straddling ones by copying just them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private SequencePosition ParseSegments<TSink>(ReadOnlySequence<byte> buffer, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Span<byte> field = stackalloc byte[LengthReader.MaxSize];
        while (true)
        {
            ReadOnlySpan<byte> first = buffer.FirstSpan;
            int taken = ParseSpan(first, ref sink);
            buffer = buffer.Slice(taken);
            if (_fault != FrameFault.None || buffer.IsEmpty)
            {
                return buffer.Start;
            }

            if (taken > 0 && taken == first.Length)
            {
                continue;
            }

            // The frame at the head is not in one piece: it straddles, or has not arrived in full.
            int available = (int)Math.Min(LengthReader.MaxSize, buffer.Length);
            buffer.Slice(0, available).CopyTo(field);
            _fault = _reader.Read(field[..available], out int size, out ulong length);
            if (_fault == FrameFault.None && length > (uint)_maxMessageSize)
            {
                _fault = FrameFault.MessageTooBig;
            }

            if (_fault != FrameFault.None || size == 0 || (long)length > buffer.Length - size)
            {
                return buffer.Start;
            }

            ReadOnlySequence<byte> payload = buffer.Slice(size, (long)length);
            Deliver(payload, ref sink);
            buffer = buffer.Slice(payload.End);
        }
    }

    private static void Deliver<TSink>(in ReadOnlySequence<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (payload.IsSingleSegment)
        {
            // Only the field straddled.
            sink.OnMessage(payload.FirstSpan, isText: false);
            return;
        }

        byte[] scratch = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        try
        {
            payload.CopyTo(scratch);
            sink.OnMessage(scratch.AsSpan(0, (int)payload.Length), isText: false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
