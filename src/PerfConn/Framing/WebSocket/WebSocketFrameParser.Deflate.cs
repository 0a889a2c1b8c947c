using System;
using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace PerfConn.Framing.WebSocket;

/// <content>
/// Compressed messages, RFC 7692. A compressed frame is consumed as its bytes arrive: none of it waits in the receive buffer, so what it would inflate to meets the
/// limit, and its text the check, as early as can be.
/// </content>
internal partial struct WebSocketFrameParser<TRole>
{
    /// <summary>Whether the frame belongs to a compressed message: by its bit, or by the message that it continues.</summary>
    [MemberNotNullWhen(true, nameof(_inflater))]
    private readonly bool IsCompressed(in FrameHeader header) =>
        _inflater is not null && !header.IsControl && (header.Opcode == 0 ? _inflater.IsActive : header.IsCompressed);

    /// <summary>Takes the header of a compressed frame, admitted. A frame without payload is done with it.</summary>
    private void BeginCompressed<TSink>(in FrameHeader header, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Debug.Assert(_left == 0 && _inflater is not null, "frames come one after the other");
        if (header.Opcode != 0)
        {
            _assembler.Begin(header.IsText);
            _inflater.Begin(header.IsText);
        }

        _assembler.Append(default);
        _left = header.Length;
        _key = header.MaskKey;
        _isFinalFrame = header.IsFinal;
        _isMidway = true;
        if (_left == 0)
        {
            EndCompressed(ref sink);
        }
    }

    /// <summary>Inflates what is there of the frame under way; gives how many bytes that were.</summary>
    private int Inflate<TSink>(ReadOnlySpan<byte> arrived, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (_left == 0 || arrived.IsEmpty)
        {
            return 0;
        }

        int count = (int)Math.Min(_left, arrived.Length);
        ReadOnlySpan<byte> piece = arrived[..count];
        _fault = TRole.ExpectsMask ? InflateMasked(piece) : _inflater!.Append(piece);
        if (_fault != FrameFault.None)
        {
            return count;
        }

        _left -= count;
        if (_left == 0)
        {
            EndCompressed(ref sink);
        }

        return count;
    }

    private void EndCompressed<TSink>(ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (!_isFinalFrame)
        {
            return;
        }

        _fault = _inflater!.Finish();
        if (_fault == FrameFault.None)
        {
            _isMidway = false;
            sink.OnMessage(_inflater.Message, _assembler.IsText);
            _assembler.End();
            _inflater.End();
        }
    }

    private FrameFault InflateMasked(ReadOnlySpan<byte> piece)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(piece.Length);
        Span<byte> plain = scratch.AsSpan(0, piece.Length);
        piece.CopyTo(plain);
        Masking.Apply(plain, _key);
        _key = uint.RotateRight(_key, 8 * (piece.Length & 3));
        FrameFault fault = _inflater!.Append(plain);
        ArrayPool<byte>.Shared.Return(scratch);
        return fault;
    }

    /// <summary>Goes on with the frame under way across segments; gives how many bytes it took.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Resume<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        long taken = 0;
        foreach (ReadOnlyMemory<byte> segment in buffer)
        {
            taken += Inflate(segment.Span, ref sink);
            if (_left == 0 || _fault != FrameFault.None)
            {
                break;
            }
        }

        return taken;
    }

    /// <summary>Goes on with the frame under way, and with what follows it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ResumeThenParseSpan<TSink>(ReadOnlySpan<byte> span, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        int taken = Inflate(span, ref sink);
        return _fault == FrameFault.None ? taken + ParseSpan(span[taken..], ref sink) : taken;
    }
}
