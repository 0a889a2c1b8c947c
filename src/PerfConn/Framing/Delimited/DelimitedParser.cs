using System;
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfConn.Framing.Delimited;

/// <summary>
/// Reads frames that end with a delimiter. Every byte is searched once, but for the last few that a delimiter may have begun in: an unfinished
/// frame in one piece stays in the buffer and <c>_searched</c> remembers how far the search came; one that straddles segments moves to the assembler,
/// because to find one's way through a chain of segments at every read would cost as much as to search it again.
/// </summary>
internal struct DelimitedParser : IFrameParser
{
    private readonly byte[] _delimiter;
    private readonly int _maxMessageSize;
    private MessageAssembler _assembler;

    /// <summary>Bytes at the head of the buffer in which no delimiter begins.</summary>
    private int _searched;
    private FrameFault _fault;

    public DelimitedParser(DelimitedFraming options, FrameLimits limits)
    {
        _delimiter = options.Delimiter.ToArray();
        _maxMessageSize = limits.MaxMessageSize;
    }

    /// <summary>Never: such a stream has no Close frame.</summary>
    public readonly bool IsClosed => false;

    public readonly bool IsMidway => _assembler.IsActive;

    /// <summary>Where in the unconsumed bytes the next search begins.</summary>
    internal readonly int Searched => _searched;

    public FrameFault Parse<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink, out SequencePosition consumed)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Debug.Assert(_fault == FrameFault.None, "a parser is not called again after a fault");
        consumed = buffer.IsSingleSegment && !_assembler.IsActive
            ? buffer.GetPosition(ParseSpan(buffer.FirstSpan, ref sink))
            : ParseSegments(buffer, ref sink);
        return _fault;
    }

    public void Dispose() => _assembler.Dispose();

    /// <summary>Parses the whole frames at the start of the span; gives how many bytes they take.</summary>
    private int ParseSpan<TSink>(ReadOnlySpan<byte> span, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        ReadOnlySpan<byte> delimiter = _delimiter;
        int searched = _searched;
        int position = 0;
        while (true)
        {
            // No further than a frame of the limit reaches: a delimiter beyond that would not save it.
            ReadOnlySpan<byte> rest = span[position..];
            ReadOnlySpan<byte> window = rest[searched..Math.Min(rest.Length, _maxMessageSize + delimiter.Length)];
            int found = delimiter.Length == 1 ? window.IndexOf(delimiter[0]) : window.IndexOf(delimiter);
            if (found < 0)
            {
                _searched = Math.Max(searched, searched + window.Length - delimiter.Length + 1);
                _fault = _searched > _maxMessageSize ? FrameFault.MessageTooBig : FrameFault.None;
                return position;
            }

            int length = searched + found;
            position += length + delimiter.Length;
            searched = 0;
            sink.OnMessage(rest[..length], isText: false);
        }
    }

    /// <summary>Parses a buffer of several segments: whole frames in each by the span path, straddling ones by way of the assembler.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private SequencePosition ParseSegments<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        SequencePosition position = buffer.Start;
        SequencePosition next = position;
        while (buffer.TryGet(ref next, out ReadOnlyMemory<byte> segment))
        {
            ReadOnlySpan<byte> span = segment.Span;
            int taken = _assembler.IsActive ? Continue(span, ref sink) : 0;
            if (_fault == FrameFault.None && !_assembler.IsActive)
            {
                // What one read had in one piece the next may have in two.
                _searched = Math.Min(_searched, span.Length - taken);
                taken += ParseSpan(span[taken..], ref sink);
            }

            if (_fault != FrameFault.None)
            {
                return buffer.GetPosition(taken, position);
            }

            if (taken < span.Length)
            {
                _assembler.Begin(isText: false);
                _assembler.Append(span[taken..]);
                _searched = 0;
            }

            position = next;
        }

        return buffer.End;
    }

    /// <summary>Goes on with the frame in the assembler; gives how many bytes of the span it takes.</summary>
    private int Continue<TSink>(ReadOnlySpan<byte> span, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        ReadOnlySpan<byte> delimiter = _delimiter;
        int end = FindAcross(span);
        if (end < 0)
        {
            int room = _maxMessageSize + delimiter.Length - _assembler.Length;
            ReadOnlySpan<byte> window = span[..Math.Min(span.Length, room)];
            int found = window.IndexOf(delimiter);
            _assembler.Append(found < 0 ? window : window[..(found + delimiter.Length)]);
            if (found < 0)
            {
                _fault = _assembler.Length - delimiter.Length + 1 > _maxMessageSize ? FrameFault.MessageTooBig : FrameFault.None;
                return window.Length;
            }

            end = found + delimiter.Length;
        }
        else
        {
            _assembler.Append(span[..end]);
        }

        ReadOnlySpan<byte> message = _assembler.Message[..^delimiter.Length];
        if (message.Length > _maxMessageSize)
        {
            // Its delimiter began within the last bytes that could not be judged before.
            _fault = FrameFault.MessageTooBig;
            return end;
        }

        sink.OnMessage(message, isText: false);
        _assembler.End();
        return end;
    }

    /// <summary>Looks for a delimiter that begins in the assembler and ends in the span; gives where it ends, or -1.</summary>
    private readonly int FindAcross(ReadOnlySpan<byte> span)
    {
        int reach = _delimiter.Length - 1;
        Span<byte> seam = stackalloc byte[2 * (DelimitedFraming.MaxDelimiterSize - 1)];
        ReadOnlySpan<byte> before = _assembler.Message[^Math.Min(reach, _assembler.Length)..];
        ReadOnlySpan<byte> after = span[..Math.Min(reach, span.Length)];
        before.CopyTo(seam);
        after.CopyTo(seam[before.Length..]);
        int found = seam[..(before.Length + after.Length)].IndexOf(_delimiter);
        return found < 0 ? -1 : found + _delimiter.Length - before.Length;
    }
}
