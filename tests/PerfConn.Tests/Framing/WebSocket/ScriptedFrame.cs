using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>One frame of a script that FsCheck makes and shrinks.</summary>
internal sealed record ScriptedFrame(byte Opcode, byte[] Payload)
{
    /// <summary>Lengths cluster where the length's form changes.</summary>
    private static Gen<byte[]> Payloads => Gen.Frequency(
        (6, Gen.Choose(0, 40).SelectMany(length => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(length))),
        (3, Gen.Choose(120, 135).Select(Wire.Bytes)),
        (1, Gen.Elements(65535, 65536).Select(Wire.Bytes)));

    private static Gen<byte[]> Texts => Gen.Frequency(
        (6, Gen.Elements("", "a", "\u00e9", "\u20ac\u20ac", "\U0001F4C8!", "{\"e\":\"trade\"}").ArrayOf().Select(words => Encoding.UTF8.GetBytes(string.Concat(words)))),
        (3, Gen.Choose(120, 135).Select(Wire.MixedText)),
        (1, Gen.Elements(65535, 65536).Select(Wire.MixedText)));

    private static Gen<ScriptedFrame> Frame => Gen.OneOf(
        Texts.Select(text => new ScriptedFrame(Wire.Text, text)),
        Payloads.Select(payload => new ScriptedFrame(Wire.Binary, payload)),
        Payloads.Select(payload => new ScriptedFrame(Wire.Ping, [.. payload.Take(125)])),
        Payloads.Select(payload => new ScriptedFrame(Wire.Pong, [.. payload.Take(125)])));

    /// <summary>Scripts of some frames; shrinks by leaving frames out.</summary>
    public static Arbitrary<ScriptedFrame[]> Scripts { get; } = Arb.From(
        Frame.ArrayOf(),
        script => Enumerable.Range(0, script.Length).Select(left => script.Where((_, i) => i != left).ToArray()));

    /// <summary>What a sink sees of it.</summary>
    public string Event => Opcode < Wire.Close
        ? RecordingSink.Message(Payload, Opcode == Wire.Text)
        : RecordingSink.Control((PerfConn.Framing.ControlFrame)Opcode, Payload);

    public override string ToString() => $"{Opcode}:{(Payload.Length <= 40 ? Convert.ToHexString(Payload) : Payload.Length)}";

    /// <summary>Encodes a script, frame after frame.</summary>
    public static byte[] Encode(IEnumerable<ScriptedFrame> script, PerfConn.Framing.IFrameEncoder encoder)
    {
        var bytes = new List<byte>();
        foreach (ScriptedFrame frame in script)
        {
            var room = new byte[encoder.MaxSize(frame.Payload.Length)];
            bytes.AddRange(room.AsSpan(0, encoder.Encode(room, frame.Opcode, frame.Payload)));
        }

        return [.. bytes];
    }
}
