using System;
using System.Diagnostics;

namespace PerfConn.Framing.WebSocket.Compression;

/// <summary>
/// Inflates the messages of one connection (RFC 7692 section 7.2.2), piece by piece as they arrive. Size and text are checked on every piece that comes
/// out: a bomb is stopped one byte above the limit, bad text in the read that brings it.
/// </summary>
/// <remarks>Belongs to the receive loop. Only <see cref="Dispose"/> may come from elsewhere; a call that meets it throws. Allocates nothing per message.</remarks>
internal sealed class MessageInflater : IDisposable
{
    /// <summary>The end that senders leave out (RFC 7692 section 7.2.1), and a byte that must be left over when it has been taken.</summary>
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF, 0x00];

    private const int LeftOver = 1;

    private readonly ZLibContext _zlib;
    private readonly InflatedMessage _message = new();
    private readonly bool _keepsContext;
    private readonly int _maxMessageSize;
    private readonly bool _validateText;
    private Utf8Checker _utf8;
    private bool _isText;
    private bool _isAtStart = true;
    private long _wireLength;

    public MessageInflater(bool keepsContext, int windowBits, FrameLimits limits)
    {
        _keepsContext = keepsContext;
        _maxMessageSize = limits.MaxMessageSize;
        _validateText = limits.ValidateText;

        // A peer that says 8 and uses zlib has a window of 9 bits all the same: zlib has no smaller one for raw data.
        _zlib = ZLibContext.CreateInflater(Math.Max(9, windowBits));
    }

    /// <summary>Whether a compressed message is under way.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Compressed bytes so far, over all messages.</summary>
    public long TotalIn { get; private set; }

    /// <summary>Inflated bytes so far, over all messages.</summary>
    public long TotalOut { get; private set; }

    /// <summary>
    /// How many more bytes this message may have on the wire. Honest deflate data is hardly longer than what it stands for (5 bytes a stored block); an eighth more
    /// is left to clumsy encoders, and what pads with empty blocks ends here.
    /// </summary>
    public long WireLeft => _maxMessageSize + (_maxMessageSize / 8) + 64L - (IsActive ? _wireLength : 0);

    /// <summary>The whole message, after <see cref="Finish"/> and until <see cref="End"/>.</summary>
    public ReadOnlySpan<byte> Message => _message.Join();

    public void Begin(bool isText)
    {
        Debug.Assert(!IsActive && _message.Length == 0, "one message at a time");
        IsActive = true;
        _isText = isText && _validateText;
        _wireLength = 0;
        if (!_keepsContext && TotalIn > 0)
        {
            _zlib.Reset();
        }

        _isAtStart = true;
    }

    /// <summary>Inflates the next bytes of the message.</summary>
    public FrameFault Append(ReadOnlySpan<byte> compressed)
    {
        Debug.Assert(IsActive, "only a message under way grows");
        _wireLength += compressed.Length;
        TotalIn += compressed.Length;
        bool mayHaveMore = !compressed.IsEmpty;
        while (mayHaveMore)
        {
            Span<byte> room = _message.Room(_maxMessageSize + 1 - _message.Length);
            ZLibResult result = _zlib.Run(compressed, room, ZLibFlush.Sync, out int taken, out int written);
            FrameFault fault = Account(room[..written]);
            if (fault != FrameFault.None)
            {
                return fault;
            }

            compressed = compressed[taken..];
            if (result == ZLibResult.StreamEnd)
            {
                // A block with BFINAL ends a deflate stream, not the message (RFC 7692 section 7.2.3.4); what follows is a stream of its own.
                _zlib.Reset();
                _isAtStart = compressed.IsEmpty;
                mayHaveMore = !compressed.IsEmpty;
                continue;
            }

            // Without an error zlib stops for want of room or of input only.
            if (result is not (ZLibResult.Ok or ZLibResult.BufferError) || (written < room.Length && !compressed.IsEmpty))
            {
                return FrameFault.InvalidDeflate;
            }

            _isAtStart = false;
            mayHaveMore = written == room.Length;
        }

        return FrameFault.None;
    }

    /// <summary>Ends the message: puts back what the sender has left out, and sees that the data ended where it may end.</summary>
    public FrameFault Finish()
    {
        // A message without a byte, or one that ends with its BFINAL block, is complete as it stands.
        if (!_isAtStart)
        {
            Span<byte> room = _message.Room(_maxMessageSize + 1 - _message.Length);
            ZLibResult result = _zlib.Run(Tail, room, ZLibFlush.Block, out int taken, out int written);

            // At the end of a block zlib stops and leaves the byte behind it; in the midst of data that was cut off it takes it, or writes, or fails.
            if (result != ZLibResult.Ok || taken != Tail.Length - LeftOver || written != 0)
            {
                return FrameFault.InvalidDeflate;
            }
        }

        return _isText && !_utf8.IsComplete ? FrameFault.InvalidUtf8 : FrameFault.None;
    }

    /// <summary>Lets the message go.</summary>
    public void End()
    {
        IsActive = false;
        _message.Clear();
    }

    /// <summary>Frees zlib's memory. The message's buffers are left to the collector: a call under way elsewhere may be writing into them.</summary>
    public void Dispose() => _zlib.Dispose();

    private FrameFault Account(ReadOnlySpan<byte> piece)
    {
        _message.Advance(piece.Length);
        TotalOut += piece.Length;
        return _message.Length > _maxMessageSize ? FrameFault.MessageTooBig
            : _isText && !_utf8.Append(piece) ? FrameFault.InvalidUtf8
            : FrameFault.None;
    }
}
