using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>
/// The same bytes to this parser and to the framework's own client: same messages, same close, same verdict. The differences known and wanted:
/// <list type="number">
/// <item>A length that is not in its shortest form is refused here (RFC 6455 section 5.2: the minimal number of bytes MUST be used), in a control frame too; the
/// framework takes it.</item>
/// <item>Limits: a message above 4 MiB is refused here on its header; the framework waits for its bytes.</item>
/// <item>Here a fault is told with the byte that shows it, in the header or in the text; the framework may wait for more bytes that never come.</item>
/// <item>Text whose last character is cut off by an empty final fragment is refused here; the framework delivers it, invalid as it is.</item>
/// <item>A close without a code is 1005 here; the framework says 1000.</item>
/// </list>
/// </summary>
public class FrameworkDifferentialTests
{
    [Theory]
    [InlineData(7001UL)]
    [InlineData(7002UL)]
    public async Task Valid_scripts_read_the_same(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 400; round++)
        {
            byte[] script = Script(random);
            (FrameworkReading ours, FrameFault fault) = Ours(script, random);
            FrameworkReading theirs = await FrameworkReading.ReadAsync(script, random);

            Assert.Equal(FrameFault.None, fault);
            Assert.True(ours.SaysTheSameAs(theirs), Report(seed, round, script, ours, fault, theirs));
        }
    }

    [Theory]
    [InlineData(7101UL)]
    [InlineData(7102UL)]
    [InlineData(7103UL)]
    [InlineData(7104UL)]
    public async Task Spoiled_scripts_read_the_same_but_for_the_differences_that_are_explained(ulong seed)
    {
        var random = new SplitMix(seed);
        var explained = new Dictionary<string, int>(StringComparer.Ordinal);
        int refused = 0;
        for (int round = 0; round < 2500; round++)
        {
            byte[] script = Spoil(Script(random), random);
            (FrameworkReading ours, FrameFault fault) = Ours(script, random);
            FrameworkReading theirs = await FrameworkReading.ReadAsync(script, random);
            refused += ours.Ending == "refused" ? 1 : 0;
            if (ours.SaysTheSameAs(theirs))
            {
                continue;
            }

            string? explanation = await ExplainAsync(script, ours, fault, theirs, random);
            Assert.True(explanation is not null, Report(seed, round, script, ours, fault, theirs));
            explained[explanation] = explained.GetValueOrDefault(explanation) + 1;
        }

        // The scripts are of use only when a good part of them is bad, and few of the verdicts need an explanation.
        Assert.InRange(refused, 1000, 2300);
        Assert.InRange(explained.Values.Sum(), 0, 300);
    }

    /// <summary>Why the two differ; null when nobody knows.</summary>
    private static async Task<string?> ExplainAsync(byte[] script, FrameworkReading ours, FrameFault fault, FrameworkReading theirs, SplitMix random)
    {
        bool sameSoFar = theirs.Events.Take(ours.Events.Count).SequenceEqual(ours.Events, StringComparer.Ordinal);
        switch (fault)
        {
            case FrameFault.BadLength or FrameFault.ControlTooLong when sameSoFar:
                return "shortest form";
            case FrameFault.InvalidUtf8 when sameSoFar && theirs.FirstInvalidText == ours.Events.Count:
                return "text cut off";
            case FrameFault.MessageTooBig when sameSoFar && theirs.Ending == "starved":
                return "limit";
            case FrameFault.None:
                return null;
            default:
                if (!sameSoFar || theirs.Ending != "starved")
                {
                    return null;
                }

                // It waits: whatever comes next, it must refuse too. Two bytes complete any header's beginning; text needs its frame's end.
                byte[] longer = [.. script, .. Enumerable.Repeat((byte)0, 70_000)];
                FrameworkReading later = await FrameworkReading.ReadAsync(longer, random);
                bool refusesLater = later.Ending == "refused" && later.Events.SequenceEqual(ours.Events, StringComparer.Ordinal);
                return refusesLater || fault == FrameFault.InvalidUtf8 ? "told sooner" : null;
        }
    }

    private static (FrameworkReading Reading, FrameFault Fault) Ours(byte[] script, SplitMix random)
    {
        ParserOutcome outcome = Feeder.FeedEveryWay(
            static () => new WebSocketFrameParser<ClientRole>(FrameLimits.Default), script, [Cuts.Random(script.Length, random)]);
        var events = new List<string>();
        foreach (string line in outcome.Events)
        {
            if (line.StartsWith("Close ", StringComparison.Ordinal))
            {
                byte[] payload = Convert.FromHexString(line.Split('[', ']')[1]);
                (int code, string reason) = CloseFrame.Read(payload);
                events.Add(FrameworkReading.Closed(payload.Length == 0 ? 1000 : code, reason));
            }
            else if (!line.StartsWith("Pi", StringComparison.Ordinal) && !line.StartsWith("Po", StringComparison.Ordinal))
            {
                events.Add(line);
            }
        }

        string ending = outcome.IsClosed ? "closed" : outcome.Fault != FrameFault.None ? "refused" : "starved";
        return (new FrameworkReading(events, ending), outcome.Fault);
    }

    /// <summary>Some messages, fragmented at times, control frames between, a close at times.</summary>
    private static byte[] Script(SplitMix random)
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

    private static byte[] Spoil(byte[] script, SplitMix random)
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

    private static string Report(ulong seed, int round, byte[] script, FrameworkReading ours, FrameFault fault, FrameworkReading theirs) =>
        $"seed {seed}, round {round}: here\n{ours} ({fault})\nthere\n{theirs}\nfor {Convert.ToHexString(script.AsSpan(0, Math.Min(script.Length, 600)))} ({script.Length} bytes)";
}
