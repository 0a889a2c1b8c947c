using System;
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace PerfConn.Framing.WebSocket;

/// <content>The slow path: one frame at a time, of any kind, from any segmentation.</content>
internal partial struct WebSocketFrameParser<TRole>
{
    /// <summary>Parses the frame at the start of the span if it is there in full; gives how many bytes it takes, or 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ParseOne<TSink>(ReadOnlySpan<byte> span, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        bool isRead = FrameHeader.TryRead<TRole>(span, _inflater is not null, out FrameHeader header, out _fault);
        if (_fault != FrameFault.None || !Admit(header) || !isRead)
        {
            return 0;
        }

        if (IsCompressed(header))
        {
            BeginCompressed(header, ref sink);
            int inflated = Inflate(span[header.Size..], ref sink);
            return _fault == FrameFault.None ? header.Size + inflated : 0;
        }

        if (header.Length > span.Length - header.Size)
        {
            return 0;
        }

        ReadOnlySpan<byte> payload = span.Slice(header.Size, (int)header.Length);
        if (header.IsMasked)
        {
            HandleMasked(header, payload, ref sink);
        }
        else
        {
            Handle(header, payload, ref sink);
        }

        return _fault == FrameFault.None ? header.Size + payload.Length : 0;
    }

    /// <summary>Parses a buffer of several segments: whole frames in each by the span path, straddling ones by copying just them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private SequencePosition ParseSegments<TSink>(ReadOnlySequence<byte> buffer, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Span<byte> headerBytes = stackalloc byte[FrameHeader.MaxSize];
        while (true)
        {
            if (_left > 0)
            {
                buffer = buffer.Slice(Resume(buffer, ref sink));
                if (_fault != FrameFault.None || buffer.IsEmpty)
                {
                    return buffer.Start;
                }
            }

            ReadOnlySpan<byte> first = buffer.FirstSpan;
            int taken = ParseSpan(first, ref sink);
            buffer = buffer.Slice(taken);
            if (_fault != FrameFault.None || IsClosed || buffer.IsEmpty)
            {
                return buffer.Start;
            }

            if (taken > 0 && taken == first.Length)
            {
                continue;
            }

            // The frame at the head is not in one piece: it straddles, or has not arrived in full.
            int available = (int)Math.Min(FrameHeader.MaxSize, buffer.Length);
            buffer.Slice(0, available).CopyTo(headerBytes);
            bool isRead = FrameHeader.TryRead<TRole>(headerBytes[..available], _inflater is not null, out FrameHeader header, out _fault);
            if (_fault != FrameFault.None || !Admit(header))
            {
                return buffer.Start;
            }

            if (isRead && IsCompressed(header))
            {
                buffer = buffer.Slice(header.Size);
                BeginCompressed(header, ref sink);
                if (_fault != FrameFault.None || buffer.IsEmpty)
                {
                    return buffer.Start;
                }

                continue;
            }

            if (!isRead || buffer.Length - header.Size < header.Length)
            {
                CheckPartial(buffer);
                return buffer.Start;
            }

            HandleStraddling(header, buffer.Slice(header.Size, header.Length), ref sink);
            if (_fault != FrameFault.None)
            {
                return buffer.Start;
            }

            buffer = buffer.Slice(header.Size + header.Length);
            if (IsClosed || buffer.IsEmpty)
            {
                return buffer.Start;
            }
        }
    }

    private void HandleStraddling<TSink>(in FrameHeader header, in ReadOnlySequence<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        try
        {
            Span<byte> whole = scratch.AsSpan(0, (int)payload.Length);
            payload.CopyTo(whole);
            if (header.IsMasked)
            {
                Masking.Apply(whole, header.MaskKey);
            }

            Handle(header, whole, ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private void HandleMasked<TSink>(in FrameHeader header, ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(payload.Length);
        try
        {
            Span<byte> plain = scratch.AsSpan(0, payload.Length);
            payload.CopyTo(plain);
            Masking.Apply(plain, header.MaskKey);
            Handle(header, plain, ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>Holds what a header alone shows against the limits and the order of fragments (RFC 6455 section 5.4), before any payload is buffered.</summary>
    private bool Admit(in FrameHeader header)
    {
        if (header.Size == 0 || header.IsControl)
        {
            return true;
        }

        if (header.Opcode == 0 != _assembler.IsActive)
        {
            _fault = _assembler.IsActive ? FrameFault.ContinuationExpected : FrameFault.UnexpectedContinuation;
        }
        else if (header.Length > (IsCompressed(header) ? _inflater.WireLeft : _maxMessageSize - (_assembler.IsActive ? _assembler.Length : 0)))
        {
            _fault = FrameFault.MessageTooBig;
        }
        else if (_assembler.IsActive && _assembler.Fragments >= _maxFragments)
        {
            _fault = FrameFault.TooManyFragments;
        }

        return _fault == FrameFault.None;
    }

    /// <summary>Handles one whole, unmasked, admitted frame.</summary>
    private void Handle<TSink>(in FrameHeader header, ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (header.IsControl)
        {
            HandleControl(header, payload, ref sink);
            return;
        }

        bool isText = _assembler.IsActive ? _assembler.IsText : header.IsText;
        if (isText && _validateText && !CheckText(payload, header.IsFinal))
        {
            _fault = FrameFault.InvalidUtf8;
            return;
        }

        _checked = 0;
        if (header.IsFinal && !_assembler.IsActive)
        {
            _isMidway = false;
            sink.OnMessage(payload, isText);
            return;
        }

        if (!_assembler.IsActive)
        {
            _assembler.Begin(isText);
        }

        _assembler.Append(payload);
        _isMidway = !header.IsFinal;
        if (header.IsFinal)
        {
            sink.OnMessage(_assembler.Message, isText);
            _assembler.End();
        }
    }

    private bool CheckText(ReadOnlySpan<byte> payload, bool isFinal)
    {
        Debug.Assert(_checked <= payload.Length, "no more can have been checked than has arrived");
        if (!_utf8.Append(payload[_checked..]))
        {
            return false;
        }

        bool isComplete = _utf8.IsComplete;
        if (isFinal)
        {
            _utf8.Reset();
        }

        return isComplete || !isFinal;
    }

    private void HandleControl<TSink>(in FrameHeader header, ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (header.Opcode == (int)ControlFrame.Close)
        {
            _fault = CloseFrame.Check(payload);
            if (_fault != FrameFault.None)
            {
                return;
            }

            IsClosed = true;
        }

        sink.OnControl((ControlFrame)header.Opcode, payload);
    }

    /// <summary>Looks at a frame that has not arrived in full: its header against the limits, its text as far as it goes.</summary>
    private void CheckPartial(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        Span<byte> headerBytes = stackalloc byte[FrameHeader.MaxSize];
        int available = (int)Math.Min(FrameHeader.MaxSize, buffer.Length);
        buffer.Slice(0, available).CopyTo(headerBytes);
        bool isRead = FrameHeader.TryRead<TRole>(headerBytes[..available], _inflater is not null, out FrameHeader header, out _fault);
        if (_fault != FrameFault.None || !Admit(header) || !isRead || header.IsControl || header.IsMasked || !_validateText)
        {
            return;
        }

        if (_assembler.IsActive ? _assembler.IsText : header.IsText)
        {
            CheckArrivedText(buffer.Slice(header.Size));
        }
    }

    private void CheckArrivedText(in ReadOnlySequence<byte> arrived)
    {
        foreach (ReadOnlyMemory<byte> segment in arrived.Slice(_checked))
        {
            if (!_utf8.Append(segment.Span))
            {
                _fault = FrameFault.InvalidUtf8;
                return;
            }
        }

        _checked = (int)arrived.Length;
        _isMidway |= _checked > 0;
    }
}
