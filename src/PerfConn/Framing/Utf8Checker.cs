using System;
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace PerfConn.Framing;

/// <summary>
/// Checks UTF-8 that arrives in pieces, and refuses as soon as no continuation could make it valid: a bad byte is reported in the read that
/// brings it, not at the end of its message (Autobahn 6.4.x asks for exactly that).
/// </summary>
/// <remarks>A sequence cut by the end of a piece waits in <c>_carry</c>, at most three bytes of it. Not thread-safe, allocates nothing.</remarks>
internal struct Utf8Checker
{
    /// <summary>Longer texts go to the runtime's checker, whose wider loop then weighs more than its tail.</summary>
    private const int LongestOverlapped = 512;

    private Carry _carry;
    private int _carried;

    /// <summary>Whether the pieces so far end between two characters.</summary>
    public readonly bool IsComplete => _carried == 0;

    public void Reset() => _carried = 0;

    /// <summary>Adds a piece. False when the text cannot become valid any more.</summary>
    public bool Append(ReadOnlySpan<byte> piece)
    {
        while (_carried > 0 && !piece.IsEmpty)
        {
            _carry[_carried++] = piece[0];
            piece = piece[1..];
            switch (Rune.DecodeFromUtf8(((ReadOnlySpan<byte>)_carry)[.._carried], out _, out _))
            {
                case OperationStatus.Done:
                    _carried = 0;
                    break;
                case OperationStatus.NeedMoreData:
                    break;
                default:
                    return false;
            }
        }

        int tail = IncompleteTail(piece);
        if (!Utf8.IsValid(piece[..^tail]))
        {
            return false;
        }

        if (tail > 0)
        {
            piece[^tail..].CopyTo(_carry);
            _carried = tail;
        }

        return true;
    }

    /// <summary>
    /// Checks a whole text. Market data is ASCII, in messages of 100 to 300 bytes, where the runtime's checker spends most on its last, scalar bytes:
    /// vectors that overlap at the end take 2 ns instead of 7 (lab, stages raw).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if ((uint)(text.Length - Vector256<byte>.Count) > LongestOverlapped - Vector256<byte>.Count)
        {
            return Utf8.IsValid(text);
        }

        ref byte start = ref MemoryMarshal.GetReference(text);
        nuint last = (nuint)(text.Length - Vector256<byte>.Count);
        Vector256<byte> bits = Vector256.LoadUnsafe(ref start, last);
        for (nuint at = 0; at < last; at += (nuint)Vector256<byte>.Count)
        {
            bits |= Vector256.LoadUnsafe(ref start, at);
        }

        return bits.ExtractMostSignificantBits() == 0 || Utf8.IsValid(text);
    }

    /// <summary>How many bytes at the end begin a character that is valid so far but not complete.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> piece)
    {
        for (int length = 1; length <= Math.Min(3, piece.Length); length++)
        {
            byte candidate = piece[^length];
            if (candidate < 0x80)
            {
                return 0;
            }

            if (candidate >= 0xC0)
            {
                Debug.Assert(length <= 3, "a complete sequence is never a tail");
                return Rune.DecodeFromUtf8(piece[^length..], out _, out _) == OperationStatus.NeedMoreData ? length : 0;
            }
        }

        return 0;
    }

    [InlineArray(4)]
    private struct Carry
    {
        private byte _first;
    }
}
