using System;
using System.Globalization;
using System.Linq;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.Fix;

namespace PerfConn.Fuzz;

/// <summary>FIX messages; the settings choose the BeginString.</summary>
internal sealed class FixTarget : RawTarget<FixParser>
{
    public override string Name => "fix";

    protected override FixParser Create(ReadOnlySpan<byte> settings) => new(Framing(settings), Limits);

    protected override RawOutcome Reference(ReadOnlySpan<byte> settings, ReadOnlySpan<byte> bytes)
    {
        string begin = $"8={Framing(settings).BeginString}\u00019=";
        string text = Encoding.Latin1.GetString(bytes);
        var events = new StringBuilder();
        while (text.Length > 0)
        {
            (int size, FrameFault fault) = Measure(text, begin);
            if (fault != FrameFault.None)
            {
                return new RawOutcome(events.ToString(), fault, false);
            }

            if (size == 0 || size > text.Length)
            {
                return new RawOutcome(events.ToString(), FrameFault.None, true);
            }

            string message = text[..size];
            fault = Judge(message);
            if (fault != FrameFault.None)
            {
                return new RawOutcome(events.ToString(), fault, false);
            }

            new EventRecorder(events).OnMessage(Encoding.Latin1.GetBytes(message), isText: false);
            text = text[size..];
        }

        return new RawOutcome(events.ToString(), FrameFault.None, false);
    }

    private static (int Size, FrameFault Fault) Measure(string text, string begin)
    {
        if (!text.StartsWith(begin, StringComparison.Ordinal))
        {
            return (0, begin.StartsWith(text, StringComparison.Ordinal) ? FrameFault.None : FrameFault.BadBeginString);
        }

        string rest = text[begin.Length..];
        string digits = string.Concat(rest.TakeWhile(char.IsAsciiDigit));
        if (digits.Length > 10 || (digits.Length < rest.Length && (digits.Length == 0 || rest[digits.Length] != '\u0001')))
        {
            return (0, FrameFault.BadBodyLength);
        }

        if (digits.Length == rest.Length)
        {
            return (0, FrameFault.None);
        }

        long size = begin.Length + digits.Length + 1 + long.Parse(digits, CultureInfo.InvariantCulture) + 7;
        return size > MaxMessageSize ? (0, FrameFault.MessageTooBig) : ((int)size, FrameFault.None);
    }

    private static FrameFault Judge(string message)
    {
        string summed = message[..^7];
        if (!summed.EndsWith('\u0001') || !message[^7..].StartsWith("10=", StringComparison.Ordinal))
        {
            return FrameFault.BadBodyLength;
        }

        string sum = (summed.Sum(c => c) % 256).ToString("D3", CultureInfo.InvariantCulture);
        return message[^4..] == sum + "\u0001" ? FrameFault.None : FrameFault.BadChecksum;
    }

    private static FixFraming Framing(ReadOnlySpan<byte> settings) => new() { BeginString = settings[0] % 2 == 0 ? "FIX.4.4" : "F" };
}
