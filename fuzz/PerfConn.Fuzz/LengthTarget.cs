using System;
using System.Numerics;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.LengthPrefixed;

namespace PerfConn.Fuzz;

/// <summary>Length-prefixed frames; the settings choose field, order and what is counted.</summary>
internal sealed class LengthTarget : RawTarget<LengthPrefixedParser>
{
    public override string Name => "length";

    protected override LengthPrefixedParser Create(ReadOnlySpan<byte> settings) => new(Framing(settings), Limits);

    protected override RawOutcome Reference(ReadOnlySpan<byte> settings, ReadOnlySpan<byte> bytes)
    {
        LengthPrefixedFraming framing = Framing(settings);
        var events = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            int size = FieldSize(framing, bytes);
            if (size > 10)
            {
                return new RawOutcome(events.ToString(), FrameFault.BadLength, false);
            }

            if (size == 0)
            {
                break;
            }

            BigInteger length = Value(framing, bytes[..size]);
            if (length > ulong.MaxValue || (framing.CountsItself && length < size))
            {
                return new RawOutcome(events.ToString(), FrameFault.BadLength, false);
            }

            length -= framing.CountsItself ? size : 0;
            if (length > MaxMessageSize)
            {
                return new RawOutcome(events.ToString(), FrameFault.MessageTooBig, false);
            }

            if (size + (int)length > bytes.Length)
            {
                break;
            }

            new EventRecorder(events).OnMessage(bytes.Slice(size, (int)length), isText: false);
            bytes = bytes[(size + (int)length)..];
        }

        return new RawOutcome(events.ToString(), FrameFault.None, !bytes.IsEmpty);
    }

    /// <summary>Bytes of the field; 0 when it is not all there, 11 when it has no end where it must have one.</summary>
    private static int FieldSize(LengthPrefixedFraming framing, ReadOnlySpan<byte> bytes)
    {
        if (framing.Field != LengthField.Varint)
        {
            return bytes.Length < (int)framing.Field ? 0 : (int)framing.Field;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (i == 9)
            {
                return bytes[i] > 1 ? 11 : 10;
            }

            if (bytes[i] < 128)
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static BigInteger Value(LengthPrefixedFraming framing, ReadOnlySpan<byte> field)
    {
        BigInteger value = 0;
        for (int i = 0; i < field.Length; i++)
        {
            value += framing.Field == LengthField.Varint
                ? (BigInteger)(field[i] & 127) << (7 * i)
                : (BigInteger)field[i] << (8 * (framing.IsLittleEndian ? i : field.Length - 1 - i));
        }

        return value;
    }

    private static LengthPrefixedFraming Framing(ReadOnlySpan<byte> settings)
    {
        LengthField[] fields = Enum.GetValues<LengthField>();
        return new LengthPrefixedFraming { Field = fields[settings[0] % fields.Length], IsLittleEndian = (settings[1] & 1) != 0, CountsItself = (settings[1] & 2) != 0 };
    }
}
