using System;
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using PerfConn.Framing.WebSocket;
using Record = PerfConn.Transport.MessageRecord;

namespace PerfConn.Framing.MessageRecord;

/// <summary>
/// Reads the message records of a transport that already has messages (<see cref="Transport.TransportContent.Messages"/>). The same limits hold as
/// on the wire: such a transport caps nothing by itself.
/// </summary>
internal struct MessageRecordParser : IFrameParser
{
    private readonly int _maxMessageSize;
    private readonly int _maxFragments;
    private readonly bool _validateText;
    private MessageAssembler _assembler;

    /// <summary>
    /// Pieces of the message under way that brought nothing. Only they are held against the limit of fragments: a transport cuts a message where
    /// its own reads end, so the number of the others says nothing about the peer, and the limit of the size bounds them.
    /// </summary>
    private int _emptyPieces;
    private FrameFault _fault;

    public MessageRecordParser(FrameLimits limits)
    {
        _maxMessageSize = limits.MaxMessageSize;
        _maxFragments = limits.MaxFragments;
        _validateText = limits.ValidateText;
    }

    public bool IsClosed { get; private set; }

    public readonly bool IsMidway => _assembler.IsActive;

    public FrameFault Parse<TSink>(in ReadOnlySequence<byte> buffer, ref TSink sink, out SequencePosition consumed)
        where TSink : struct, IFrameSink, allows ref struct
    {
        Debug.Assert(_fault == FrameFault.None, "a parser is not called again after a fault");
        ReadOnlySequence<byte> rest = buffer;
        Span<byte> header = stackalloc byte[Record.HeaderSize];
        while (_fault == FrameFault.None && !IsClosed && rest.Length >= Record.HeaderSize)
        {
            rest.Slice(0, Record.HeaderSize).CopyTo(header);
            Record record = Record.Read(header);
            if (!Admit(record) || rest.Length - Record.HeaderSize < record.Length)
            {
                break;
            }

            ReadOnlySequence<byte> payload = rest.Slice(Record.HeaderSize, record.Length);
            if (payload.IsSingleSegment)
            {
                Handle(record, payload.FirstSpan, ref sink);
            }
            else
            {
                HandleStraddling(record, payload, ref sink);
            }

            if (_fault == FrameFault.None)
            {
                rest = rest.Slice(payload.End);
            }
        }

        // What follows a close is not parsed, and must not pile up in the pipe either.
        consumed = IsClosed ? buffer.End : rest.Start;
        return _fault;
    }

    public void Dispose() => _assembler.Dispose();

    private bool Admit(Record record)
    {
        bool isControl = record.Opcode >= Record.Close;
        if (record.Length < 0 || record.Opcode is not (Record.Text or Record.Binary or Record.Close or Record.Ping or Record.Pong))
        {
            _fault = FrameFault.BadRecord;
        }
        else if (isControl)
        {
            _fault = record.Length > FrameHeader.MaxControlPayload ? FrameFault.ControlTooLong : FrameFault.None;
        }
        else if (_assembler.IsActive && (record.Opcode == Record.Text) != _assembler.IsText)
        {
            // Pieces of one message are of one kind: this one belongs to another message, or is no header at all.
            _fault = FrameFault.BadRecord;
        }
        else if (record.Length > _maxMessageSize - (_assembler.IsActive ? _assembler.Length : 0))
        {
            _fault = FrameFault.MessageTooBig;
        }
        else if (_assembler.IsActive && record.Length == 0 && _emptyPieces >= _maxFragments)
        {
            _fault = FrameFault.TooManyFragments;
        }

        return _fault == FrameFault.None;
    }

    private void Handle<TSink>(Record record, ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (record.Opcode >= Record.Close)
        {
            HandleControl(record, payload, ref sink);
        }
        else if (record.EndOfMessage && !_assembler.IsActive)
        {
            Deliver(payload, record.Opcode == Record.Text, ref sink);
        }
        else
        {
            if (!_assembler.IsActive)
            {
                _assembler.Begin(record.Opcode == Record.Text);
                _emptyPieces = 0;
            }

            _assembler.Append(payload);
            _emptyPieces += payload.IsEmpty ? 1 : 0;
            if (record.EndOfMessage)
            {
                Deliver(_assembler.Message, _assembler.IsText, ref sink);
                _assembler.End();
            }
        }
    }

    private void Deliver<TSink>(ReadOnlySpan<byte> message, bool isText, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (isText && _validateText && !Utf8.IsValid(message))
        {
            _fault = FrameFault.InvalidUtf8;
            return;
        }

        sink.OnMessage(message, isText);
    }

    private void HandleControl<TSink>(Record record, ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        if (record.Opcode == Record.Close)
        {
            _fault = CloseFrame.Check(payload);
            if (_fault != FrameFault.None)
            {
                return;
            }

            IsClosed = true;
        }

        sink.OnControl((ControlFrame)record.Opcode, payload);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void HandleStraddling<TSink>(Record record, in ReadOnlySequence<byte> payload, ref TSink sink)
        where TSink : struct, IFrameSink, allows ref struct
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        try
        {
            payload.CopyTo(scratch);
            Handle(record, scratch.AsSpan(0, (int)payload.Length), ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
