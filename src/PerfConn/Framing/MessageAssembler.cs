using System;
using System.Buffers;
using System.Diagnostics;

namespace PerfConn.Framing;

/// <summary>
/// Puts the fragments of one message together in one pooled buffer that grows as bytes arrive: no object per fragment, nothing
/// allocated from a declared length. It holds a buffer only while a message is under way.
/// </summary>
internal struct MessageAssembler : IDisposable
{
    private const int FirstSize = 4096;

    private byte[]? _buffer;
    private int _length;

    /// <summary>Fragments so far.</summary>
    public int Fragments { get; private set; }

    /// <summary>Whether a message is under way.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Whether that message is text.</summary>
    public bool IsText { get; private set; }

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Message => _buffer.AsSpan(0, _length);

    public void Begin(bool isText)
    {
        Debug.Assert(!IsActive, "a message begins when none is under way");
        IsActive = true;
        IsText = isText;
        Fragments = 0;
        _length = 0;
    }

    public void Append(ReadOnlySpan<byte> fragment)
    {
        Debug.Assert(IsActive, "only a message under way grows");
        Fragments++;
        if (fragment.IsEmpty)
        {
            return;
        }

        if (_buffer is null || _buffer.Length - _length < fragment.Length)
        {
            Grow(_length + fragment.Length);
        }

        fragment.CopyTo(_buffer.AsSpan(_length));
        _length += fragment.Length;
    }

    /// <summary>Ends the message and gives its buffer back.</summary>
    public void End()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        _length = 0;
        IsActive = false;
    }

    public void Dispose() => End();

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, (int)Math.Min(2L * needed, Array.MaxLength)));
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
