using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfConn.Framing.WebSocket.Compression;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// The RFC 6455 frame parser. The span path walks whole frames that stand in one piece, which with the socket transport is
/// practically every frame; everything else (fragments, control frames, masked frames, long lengths, frames that straddle two segments or
/// have not arrived in full) goes through the slow path in another file, compressed frames through a third.
/// </summary>
/// <remarks>
/// A frame that is not there in full is looked at all the same: its header meets the limits at once, and the part of its text that has
/// arrived is checked at once; <c>_checked</c> remembers how far, so that a trickled frame is not checked from its start at every read.
/// </remarks>
internal partial struct WebSocketFrameParser<TRole> : IFrameParser
    where TRole : struct, IWebSocketRole
{
    private const byte FinalText = FrameHeader.Fin | 1;
    private const byte FinalBinary = FrameHeader.Fin | 2;

    private readonly int _maxMessageSize;
    private readonly int _maxFragments;
    private readonly bool _validateText;
    private readonly MessageInflater? _inflater;
    private MessageAssembler _assembler;
    private Utf8Checker _utf8;

    /// <summary>Payload bytes of the frame at the head of the buffer whose text has been checked.</summary>
    private int _checked;

    /// <summary>Whether a message or a frame is half done, so that the next frame is not a matter for the span path.</summary>
    private bool _isMidway;

    private FrameFault _fault;

    /// <summary>Payload bytes of the compressed frame under way that have not arrived.</summary>
    private long _left;

    /// <summary>That frame's masking key, turned so that its first byte is the next one's; 0 for a server's frames.</summary>
    private uint _key;

    private bool _isFinalFrame;

    /// <summary>Makes a parser.</summary>
    /// <param name="limits">What it accepts at most.</param>
    /// <param name="inflater">Inflates compressed messages, with the same limits; the parser disposes it. Null where compression is not negotiated.</param>
    public WebSocketFrameParser(FrameLimits limits, MessageInflater? inflater = null)
    {
        _inflater = inflater;
        _maxMessageSize = limits.MaxMessageSize;
        _maxFragments = limits.MaxFragments;
        _validateText = limits.ValidateText;
    }

    public bool IsClosed { get; private set; }

    /// <summary>Between the fragments of a message, or inside a compressed frame; any other frame that has not arrived in full is not consumed.</summary>
    public readonly bool IsMidway => _assembler.IsActive;

    public FrameFault Parse<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink, out SequencePosition consumed)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Debug.Assert(_fault == FrameFault.None, "a parser is not called again after a fault");
        if (IsClosed)
        {
            consumed = buffer.End;
        }
        else if (buffer.IsSingleSegment)
        {
            int position = _left > 0 ? ResumeThenParseSpan(buffer.FirstSpan, ref sink) : ParseSpan(buffer.FirstSpan, ref sink);
            if (_fault == FrameFault.None && !IsClosed)
            {
                CheckPartial(buffer.Slice(position));
            }

            consumed = buffer.GetPosition(position);
        }
        else
        {
            consumed = ParseSegments(buffer, ref sink);
        }

        return _fault;
    }

    public void Dispose()
    {
        _assembler.Dispose();
        _inflater?.End();
        _inflater?.Dispose();
    }

    /// <summary>Parses the whole frames at the start of the span; gives how many bytes they take.</summary>
    private int ParseSpan<TSink>(ReadOnlySpan<byte> span, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        ref byte start = ref MemoryMarshal.GetReference(span);
        int position = 0;
        while (span.Length - position >= 4)
        {
            // Four bytes hold every short header. With a mask bit the second byte is 128 or more and takes the slow path too.
            ref byte head = ref Unsafe.Add(ref start, position);
            int first = head;
            int length = Unsafe.Add(ref head, 1);
            int header = 2;
            if (length >= FrameHeader.Length16)
            {
                length = length == FrameHeader.Length16
                    ? BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref head, 2)))
                    : -1;
                header = 4;
            }

            // Minimal encoding is checked on the way: a 16-bit length below 126 goes to the slow path, which refuses it. A server takes the slow
            // path always: it must see a mask, and what the span path lets through has none. For a client the JIT drops the question.
            bool isShort = header == 2 ? length >= 0 : length >= FrameHeader.Length16;
            if (TRole.ExpectsMask || !isShort || _isMidway || first is not (FinalText or FinalBinary) || length > _maxMessageSize)
            {
                int taken = ParseOne(span[position..], ref sink);
                position += taken;
                if (taken == 0 || _fault != FrameFault.None || IsClosed)
                {
                    return position;
                }

                continue;
            }

            if (length > span.Length - position - header)
            {
                return position;
            }

            ReadOnlySpan<byte> payload = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref head, header), length);
            if (first == FinalText && _validateText && !Utf8Checker.IsValid(payload))
            {
                _fault = FrameFault.InvalidUtf8;
                return position;
            }

            position += header + length;
            sink.OnMessage(payload, first == FinalText);
        }

        return span.Length - position < 2 ? position : position + ParseShortTail(span[position..], ref sink);
    }

    /// <summary>Two or three bytes are left: empty frames, a one-byte frame, or a header to be continued.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ParseShortTail<TSink>(ReadOnlySpan<byte> tail, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        int position = 0;
        while (_fault == FrameFault.None && !IsClosed)
        {
            int taken = ParseOne(tail[position..], ref sink);
            position += taken;
            if (taken == 0)
            {
                break;
            }
        }

        return position;
    }
}
