using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PerfConn.Tests.Conformance;

/// <summary>Groups 1 to 5, 7, 9 and 10 of the list: framing, pings, reserved bits, opcodes, fragmentation, closing, size.</summary>
internal static class FrameCases
{
    private const string Bye = "close 1000";
    private const string Refused = "close 1002";

    private static readonly byte[] s_end = Frame.Close(1000);
    private static readonly string s_all = string.Concat(Enumerable.Range(0, 125).Select(i => (char)(0x20 + (i % 90))));

    public static IEnumerable<Case> All => [.. Sizes(), .. Pings(), .. ReservedBits(), .. Opcodes(), .. Fragments(), .. Closing(), .. Codes(), .. Big()];

    private static IEnumerable<Case> Sizes()
    {
        int[] sizes = [0, 125, 126, 127, 128, 65535, 65536, 65536];
        for (int i = 0; i < sizes.Length; i++)
        {
            string text = new('*', sizes[i]);
            yield return Echo($"1.1.{i + 1}", [Frame.Text(text)], Answer.Of("text", text));
            byte[] binary = Bytes(sizes[i]);
            yield return Echo($"1.2.{i + 1}", [Frame.Binary(binary)], Binary(binary));
        }
    }

    private static IEnumerable<Case> Pings()
    {
        string odd = "\x00\xff\xfe\xfd\xfc\xfb\x00\xff";
        yield return Echo("2.1", [Frame.Ping()], "pong ");
        yield return Echo("2.2", [Frame.Ping("Hello, world!")], "pong Hello, world!");
        yield return Echo("2.3", [Frame.Ping(odd)], "pong " + odd);
        yield return Echo("2.4", [Frame.Ping(s_all)], "pong " + s_all);
        yield return Fail("2.5", [Frame.Ping(new string('*', 126))]);
        yield return Echo("2.6", [Frame.Ping(s_all)], "pong " + s_all);
        yield return Echo("2.7", [Frame.Pong()]);
        yield return Echo("2.8", [Frame.Pong("unsolicited pong payload")]);
        yield return Echo("2.9", [Frame.Pong("unsolicited pong payload"), Frame.Ping("ping payload")], "pong ping payload");
        byte[][] ten = [.. Enumerable.Range(0, 10).Select(i => Frame.Ping("payload-" + i))];
        yield return Echo("2.10", ten, [.. Enumerable.Range(0, 10).Select(i => "pong payload-" + i)]);
        yield return Echo("2.11", ten, [.. Enumerable.Range(0, 10).Select(i => "pong payload-" + i)]);
    }

    private static IEnumerable<Case> ReservedBits()
    {
        const string Hello = "Hello, world!";
        yield return Fail("3.1", [Frame.Text(Hello, rsv: 4)]);
        yield return Fail("3.2", [Frame.Text(Hello), Frame.Text(Hello, rsv: 2), Frame.Ping()], "text " + Hello);
        yield return Fail("3.3", [Frame.Text(Hello), Frame.Text(Hello, rsv: 3), Frame.Ping()], "text " + Hello);
        yield return Fail("3.4", [Frame.Text(Hello), Frame.Text(Hello, rsv: 4), Frame.Ping()], "text " + Hello);
        yield return Fail("3.5", [Frame.Binary(Bytes(8), rsv: 5)]);
        yield return Fail("3.6", [Frame.Ping(Hello, rsv: 6)]);
        yield return Fail("3.7", [Frame.Close(1000, rsv: 7)]);
    }

    private static IEnumerable<Case> Opcodes()
    {
        byte[] payload = "reserved opcode payload"u8.ToArray();
        int[] reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
        for (int i = 0; i < reserved.Length; i++)
        {
            string id = $"4.{(i < 5 ? 1 : 2)}.{(i % 5) + 1}";
            byte[] bad = Frame.Of(reserved[i], i % 2 == 0 ? [] : payload);
            yield return i % 5 < 2 ? Fail(id, [bad]) : Fail(id, [Frame.Text("Hello, world!"), bad, Frame.Ping()], "text Hello, world!");
        }
    }

    private static IEnumerable<Case> Fragments()
    {
        byte[][] two = [Frame.Text("fragment1", fin: false), Frame.More("fragment2", fin: true)];
        byte[][] pinged = [Frame.Text("fragment1", fin: false), Frame.Ping("ping payload"), Frame.More("fragment2", fin: true)];
        byte[][] orphan = [Frame.More("non-continuation payload", fin: true), Frame.Text("Hello, world!")];
        byte[][] openOrphan = [Frame.More("non-continuation payload", fin: false), Frame.Text("Hello, world!")];
        byte[][] late = [.. two, Frame.More("fragment3", fin: false), Frame.Text("fragment4")];
        byte[][] restarted = [Frame.More("fragment1", fin: false), Frame.Text("fragment2", fin: false), Frame.More("fragment3", fin: true)];
        byte[][] nested = [Frame.Text("fragment1", fin: false), Frame.Text("fragment2")];
        byte[][] many =
        [
            Frame.Text("fragment1", fin: false), Frame.More("fragment2", fin: false), Frame.Ping("pongme 1!"), Frame.More("fragment3", fin: false),
            Frame.More("fragment4", fin: false), Frame.Ping("pongme 2!"), Frame.More("fragment5", fin: true),
        ];
        yield return Fail("5.1", [Frame.Ping("fragment1", fin: false), Frame.More("fragment2", fin: true)]);
        yield return Fail("5.2", [Frame.Pong("fragment1", fin: false), Frame.More("fragment2", fin: true)]);
        foreach (string id in (string[])["5.3", "5.4", "5.5"])
        {
            yield return Echo(id, two, "text fragment1fragment2");
        }

        foreach (string id in (string[])["5.6", "5.7", "5.8"])
        {
            yield return Echo(id, pinged, "pong ping payload", "text fragment1fragment2");
        }

        foreach (string id in (string[])["5.9", "5.10", "5.11"])
        {
            yield return Fail(id, orphan);
        }

        foreach (string id in (string[])["5.12", "5.13", "5.14"])
        {
            yield return Fail(id, openOrphan);
        }

        yield return Fail("5.15", late, "text fragment1fragment2");
        yield return Fail("5.16", restarted);
        yield return Fail("5.17", [Frame.More("fragment1", fin: true), Frame.Text("fragment2", fin: false), Frame.More("fragment3", fin: true)]);
        yield return Fail("5.18", nested);
        foreach (string id in (string[])["5.19", "5.20"])
        {
            yield return Echo(id, many, "pong pongme 1!", "pong pongme 2!", "text fragment1fragment2fragment3fragment4fragment5");
        }
    }

    private static IEnumerable<Case> Closing()
    {
        byte[] large = Frame.Text(new string('B', 256 * 1024));
        yield return Echo("7.1.1", [Frame.Text("Hello World!")], "text Hello World!");
        yield return Echo("7.1.2", [s_end, s_end]);
        yield return Echo("7.1.3", [s_end, Frame.Ping()]);
        yield return Echo("7.1.4", [s_end, Frame.Text("Hello World!")]);
        yield return Echo("7.1.5", [Frame.Text("fragment1", fin: false), s_end, Frame.More("fragment2", fin: true)]);
        yield return Echo("7.1.6", [large, Frame.Text("Hello World!"), s_end, Frame.Ping()], Answer.Of("text", new string('B', 256 * 1024)), "text Hello World!");
        yield return new Case("7.3.1", [Frame.Of(8, [])], ["close"]);
        yield return Fail("7.3.2", [Frame.Of(8, "a"u8.ToArray())]);
        yield return Echo("7.3.3", []);
        yield return Echo("7.3.4", [Frame.Close(1000, "Hello World!")]);
        yield return Echo("7.3.5", [Frame.Close(1000, new string('*', 123))]);
        yield return Fail("7.3.6", [Frame.Close(1000, new string('*', 124))]);
        yield return new Case("7.5.1", [Frame.Close(1000, [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xED, 0xA0, 0x80, 0x65])], ["close 1007"]);
    }

    private static IEnumerable<Case> Codes()
    {
        int[] legal = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
        int[] illegal = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
        for (int i = 0; i < legal.Length; i++)
        {
            yield return new Case($"7.7.{i + 1}", [Frame.Close(legal[i])], [$"close {legal[i]}"]);
        }

        for (int i = 0; i < illegal.Length; i++)
        {
            yield return Fail($"7.9.{i + 1}", [Frame.Close(illegal[i])]);
        }

        yield return Fail("7.13.1", [Frame.Close(5000)]);
        yield return Fail("7.13.2", [Frame.Close(65535)]);
    }

    /// <summary>Messages of 64 KiB to 16 MiB, whole (9.1, 9.2), in fragments (9.3, 9.4), in chops (9.5, 9.6), and a thousand small ones (9.7, 9.8).</summary>
    private static IEnumerable<Case> Big()
    {
        int[] whole = [64 * 1024, 256 * 1024, 1 << 20, 4 << 20, 8 << 20, 16 << 20];
        for (int i = 0; i < whole.Length; i++)
        {
            string text = new('*', whole[i]);
            byte[] binary = Bytes(whole[i]);
            yield return Echo($"9.1.{i + 1}", [Frame.Text(text)], Answer.Of("text", text));
            yield return Echo($"9.2.{i + 1}", [Frame.Binary(binary)], Binary(binary));
        }

        byte[] four = Bytes(4 << 20);
        string fourText = new('*', 4 << 20);
        int[] pieces = [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20];
        for (int i = 0; i < pieces.Length; i++)
        {
            yield return Echo($"9.3.{i + 1}", Frame.Fragments(1, Encoding.ASCII.GetBytes(fourText), pieces[i]), Answer.Of("text", fourText));
            yield return Echo($"9.4.{i + 1}", Frame.Fragments(2, four, pieces[i]), Binary(four));
        }

        byte[] one = Bytes(1 << 20);
        string oneText = new('*', 1 << 20);
        for (int i = 0; i < 6; i++)
        {
            yield return Echo($"9.5.{i + 1}", [Frame.Text(oneText)], Answer.Of("text", oneText));
            yield return Echo($"9.6.{i + 1}", [Frame.Binary(one)], Binary(one));
        }

        int[] small = [0, 16, 64, 256, 1024, 4096];
        for (int i = 0; i < small.Length; i++)
        {
            string text = new('*', small[i]);
            byte[] binary = Bytes(small[i]);
            yield return Echo($"9.7.{i + 1}", [.. Enumerable.Repeat(Frame.Text(text), 1000)], [.. Enumerable.Repeat(Answer.Of("text", text), 1000)]);
            yield return Echo($"9.8.{i + 1}", [.. Enumerable.Repeat(Frame.Binary(binary), 1000)], [.. Enumerable.Repeat(Binary(binary), 1000)]);
        }

        string auto = new('*', 65536);
        yield return Echo("10.1.1", Frame.Fragments(1, Encoding.ASCII.GetBytes(auto), 1300), Answer.Of("text", auto));
    }

    private static Case Echo(string id, byte[][] frames, params string[] answers) => new(id, [.. frames, s_end], [.. answers, Bye]);

    private static Case Fail(string id, byte[][] frames, params string[] answers) => new(id, frames, [.. answers, Refused]);

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i * 31);
        }

        return bytes;
    }

    private static string Binary(byte[] payload) => Answer.Of("binary", payload);
}
