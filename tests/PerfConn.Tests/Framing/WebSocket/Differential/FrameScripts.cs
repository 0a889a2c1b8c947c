using System;
using System.Collections.Generic;

namespace PerfConn.Tests.Framing.WebSocket.Differential;

/// <summary>What a server may say to a client, and what it must not: whole conversations as bytes, the same for a seed everywhere.</summary>
internal static class FrameScripts
{
    /// <summary>Some messages, fragmented at times, control frames between, a close at times.</summary>
    public static byte[] Valid(SplitMix random)
    {
        var frames = new List<byte[]>();
        for (int i = random.Below(6); i >= 0; i--)
        {
            AppendMessage(frames, random);
        }

        if (random.OneIn(2))
        {
            frames.Add(random.OneIn(4)
                ? Wire.Frame(Wire.Close, [])
                : Wire.CloseFrame(random.Pick(1000, 1001, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999), random.Pick("", "bye", "z\u00fcgig \U0001F4C8")));
        }

        return Wire.Join([.. frames]);
    }

    private static void AppendMessage(List<byte[]> frames, SplitMix random)
    {
        bool isText = random.OneIn(2);
        int length = random.Pick(0, 1, 5, 20, 60, 125, 126, 130, 500, random.OneIn(10) ? 66_000 : 3);
        byte[] payload = isText ? Wire.MixedText(length) : Wire.Bytes(length);
        byte opcode = isText ? Wire.Text : Wire.Binary;
        int at = 0;
        while (random.OneIn(3))
        {
            int cut = at + random.Below(payload.Length - at + 1);
            frames.Add(Wire.Part(opcode, payload.AsSpan(at, cut - at)));
            opcode = Wire.Continuation;
            at = cut;
            if (random.OneIn(3))
            {
                frames.Add(Wire.Frame(random.Pick(Wire.Ping, Wire.Pong), Wire.Bytes(random.Below(126))));
            }
        }

        frames.Add(Wire.Frame(opcode, payload.AsSpan(at)));
    }

    public static byte[] Spoil(byte[] script, SplitMix random)
    {
        var bytes = new List<byte>(script);
        for (int i = random.Below(3); i >= 0 && bytes.Count > 0; i--)
        {
            // Headers are what is worth spoiling, and they stand at the beginning of short scripts; long payloads would swallow all else.
            int at = random.Below(random.OneIn(2) ? Math.Min(bytes.Count, 12) : bytes.Count);
            switch (random.Below(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next();
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, random.Pick<byte>(0x00, 0x7E, 0x7F, 0x80, 0x81, 0x88, 0x89, 0xC1, 0xFF));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Below(8), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }
}
