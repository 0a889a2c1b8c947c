using System;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.Delimited;

namespace PerfConn.Fuzz;

/// <summary>Delimited frames; the settings choose the delimiter.</summary>
internal sealed class DelimitedTarget : RawTarget<DelimitedParser>
{
    private static readonly byte[][] s_delimiters = [[.. "\n"u8], [.. "\r\n"u8], [.. "\n\n"u8], [.. "aab"u8], [.. "aaaa"u8], [.. "\r\n\r\n"u8]];

    public override string Name => "delimited";

    protected override DelimitedParser Create(ReadOnlySpan<byte> settings) => new(new DelimitedFraming { Delimiter = Delimiter(settings) }, Limits);

    protected override RawOutcome Reference(ReadOnlySpan<byte> settings, ReadOnlySpan<byte> bytes)
    {
        byte[] delimiter = Delimiter(settings);
        var events = new StringBuilder();
        int start = 0;
        for (int at = 0; at + delimiter.Length <= bytes.Length; at++)
        {
            if (at - start > MaxMessageSize)
            {
                return new RawOutcome(events.ToString(), FrameFault.MessageTooBig, false);
            }

            if (bytes.Slice(at, delimiter.Length).SequenceEqual(delimiter))
            {
                new EventRecorder(events).OnMessage(bytes[start..at], isText: false);
                start = at + delimiter.Length;
                at = start - 1;
            }
        }

        bool isTooBig = bytes.Length - delimiter.Length - start >= MaxMessageSize;
        return new RawOutcome(events.ToString(), isTooBig ? FrameFault.MessageTooBig : FrameFault.None, !isTooBig && start < bytes.Length);
    }

    private static byte[] Delimiter(ReadOnlySpan<byte> settings) => s_delimiters[settings[0] % s_delimiters.Length];
}
