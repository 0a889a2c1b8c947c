using System;
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfConn.Framing.Fix;

/// <summary>
/// Reads FIX messages. BeginString and BodyLength are read as far as they have arrived and then never again: <c>_size</c> remembers where the message at
/// the head of the buffer ends, and until that much is there a read costs one comparison. No byte is searched: the length leads to the checksum.
/// </summary>
internal struct FixParser : IFrameParser
{
    /// <summary>Digits of the longest BodyLength; FIX allows zeros before it.</summary>
    private const int MaxLengthDigits = 10;

    private const int MaxHeaderSize = 4 + FixFraming.MaxBeginStringSize + 1 + MaxLengthDigits + 1;

    private readonly byte[] _prefix;
    private readonly int _maxMessageSize;

    /// <summary>Size of the message at the head of the buffer; 0 while its BodyLength is not there.</summary>
    private int _size;
    private FrameFault _fault;

    public FixParser(FixFraming framing, FrameLimits limits)
    {
        _prefix = framing.Prefix();
        _maxMessageSize = limits.MaxMessageSize;
    }

    /// <summary>Never: a FIX session says goodbye by a message of its own (Logout), which is the protocol's matter.</summary>
    public readonly bool IsClosed => false;

    /// <summary>Never: a message is consumed as a whole.</summary>
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

    /// <summary>Parses the whole messages at the start of the span; gives how many bytes they take.</summary>
    private int ParseSpan<TSink>(ReadOnlySpan<byte> span, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        int position = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = span[position..];
            if ((_size == 0 && !TryReadHeader(rest)) || _size > rest.Length)
            {
                return position;
            }

            ReadOnlySpan<byte> message = rest[.._size];
            _fault = FixTrailer.Check(message);
            if (_fault != FrameFault.None)
            {
                return position;
            }

            position += _size;
            _size = 0;
            sink.OnMessage(message, isText: false);
        }
    }

    /// <summary>Parses a buffer of several segments: whole messages in each by the span path, straddling ones by copying just them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private SequencePosition ParseSegments<TSink>(ReadOnlySequence<byte> buffer, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Span<byte> header = stackalloc byte[MaxHeaderSize];
        while (true)
        {
            buffer = buffer.Slice(ParseSpan(buffer.FirstSpan, ref sink));
            if (_fault != FrameFault.None || buffer.IsEmpty)
            {
                return buffer.Start;
            }

            if (_size == 0)
            {
                int available = (int)Math.Min(MaxHeaderSize, buffer.Length);
                buffer.Slice(0, available).CopyTo(header);
                if (!TryReadHeader(header[..available]))
                {
                    return buffer.Start;
                }
            }

            if (_size > buffer.Length)
            {
                return buffer.Start;
            }

            ReadOnlySequence<byte> message = buffer.Slice(0, _size);
            Deliver(message, ref sink);
            if (_fault != FrameFault.None)
            {
                return buffer.Start;
            }

            _size = 0;
            buffer = buffer.Slice(message.End);
        }
    }

    private void Deliver<TSink>(in ReadOnlySequence<byte> message, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(_size);
        try
        {
            Span<byte> whole = scratch.AsSpan(0, _size);
            message.CopyTo(whole);
            _fault = FixTrailer.Check(whole);
            if (_fault == FrameFault.None)
            {
                sink.OnMessage(whole, isText: false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>Reads BeginString and BodyLength; what has arrived of them is held against what they must be at once.</summary>
    private bool TryReadHeader(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> prefix = _prefix;
        if (!bytes.StartsWith(prefix))
        {
            _fault = prefix.StartsWith(bytes) ? FrameFault.None : FrameFault.BadBeginString;
            return false;
        }

        long length = 0;
        for (int i = prefix.Length; i < bytes.Length; i++)
        {
            int digit = bytes[i] - '0';
            int digits = i - prefix.Length;
            if (digit is >= 0 and <= 9 && digits < MaxLengthDigits)
            {
                length = (length * 10) + digit;
                continue;
            }

            if (bytes[i] != FixTrailer.Soh || digits == 0)
            {
                _fault = FrameFault.BadBodyLength;
                return false;
            }

            long size = i + 1 + length + FixTrailer.Size;
            if (size > _maxMessageSize)
            {
                _fault = FrameFault.MessageTooBig;
                return false;
            }

            _size = (int)size;
            return true;
        }

        return false;
    }
}
