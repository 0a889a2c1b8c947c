using System;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace PerfConn.Framing.WebSocket;

/// <summary>The payload of a Close frame: nothing, or a code and a reason of at most 123 bytes (RFC 6455 sections 5.5.1 and 7.4).</summary>
internal static class CloseFrame
{
    /// <summary>Stands for "closed without a code"; never on the wire.</summary>
    public const int NoCode = 1005;

    /// <summary>Stands for "the stream ended without a Close frame"; never on the wire.</summary>
    public const int Abnormal = 1006;

    public const int MaxReasonLength = 123;

    public static FrameFault Check(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return FrameFault.None;
        }

        if (payload.Length == 1 || !MayBeSent(BinaryPrimitives.ReadUInt16BigEndian(payload)))
        {
            return FrameFault.InvalidClose;
        }

        return Utf8.IsValid(payload[2..]) ? FrameFault.None : FrameFault.InvalidUtf8;
    }

    /// <summary>
    /// Whether a code may stand in a frame: those of RFC 6455 section 7.4.1 and the IANA registry (1000-1003, 1007-1014), and the ranges of
    /// libraries and applications (3000-4999).
    /// </summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    public static (int Code, string Reason) Read(ReadOnlySpan<byte> payload) => payload.Length < 2
        ? (NoCode, "")
        : (BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload[2..]));

    /// <summary>Writes code and reason; a reason that is too long is cut between two characters.</summary>
    public static int Write(Span<byte> destination, int code, string reason)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)code);
        Utf8.FromUtf16(reason, destination.Slice(2, MaxReasonLength), out _, out int written);
        return 2 + written;
    }
}
