using System;
using System.Collections.Generic;
using System.Text.Unicode;
using PerfConn.Framing;
using Xunit;

namespace PerfConn.Tests.Framing;

/// <summary>The checker against the framework's own: valid when whole, and refused at the first byte that no continuation could mend.</summary>
public class Utf8CheckerTests
{
    // Bytes at which the tables of well-formed sequences turn (Unicode 16, table 3-7).
    private static readonly byte[] s_edges =
    [
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ];

    [Fact]
    public void Every_sequence_of_two_bytes()
    {
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                AssertAgreesInEveryCut([(byte)first, (byte)second]);
            }
        }
    }

    [Fact]
    public void Every_sequence_of_four_edge_bytes()
    {
        foreach (byte a in s_edges)
        {
            foreach (byte b in s_edges)
            {
                foreach (byte c in s_edges)
                {
                    AssertAgreesInEveryCut([a, b, c, 0xBF]);
                    AssertAgreesInEveryCut([a, b, c, 0x41]);
                    AssertAgreesInEveryCut([0xF0, a, b, c]);
                }
            }
        }
    }

    /// <summary>Whole texts around the lengths where the overlapping vectors begin, meet and end; one sequence at every place in each.</summary>
    [Fact]
    public void Whole_texts_of_every_length_with_one_sequence_at_every_place()
    {
        byte[][] sequences = [[0x80], [0xFF], [0xC3, 0xA9], [0xC3], [0xED, 0xA0, 0x80], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80]];
        foreach (int length in (int[])[0, 1, 31, 32, 33, 63, 64, 65, 95, 96, 97, 103, 128, 511, 512, 513])
        {
            byte[] text = new byte[length];
            text.AsSpan().Fill((byte)'a');
            Assert.True(Utf8Checker.IsValid(text));
            foreach (byte[] sequence in sequences)
            {
                for (int at = 0; at + sequence.Length <= length; at++)
                {
                    sequence.CopyTo(text, at);
                    Assert.Equal(Utf8.IsValid(text), Utf8Checker.IsValid(text));
                    text.AsSpan(at, sequence.Length).Fill((byte)'a');
                }
            }
        }
    }

    [Theory]
    [InlineData(101UL)]
    [InlineData(102UL)]
    [InlineData(103UL)]
    public void Random_text_with_a_byte_changed_now_and_then(ulong seed)
    {
        var random = new SplitMix(seed);
        for (int round = 0; round < 3000; round++)
        {
            byte[] text = RandomText(random);
            if (text.Length > 0 && random.OneIn(2))
            {
                text[random.Below(text.Length)] = random.Pick(s_edges);
            }

            AssertAgreesInEveryCut(text);
            AssertAgrees(text, Cuts.Random(text.Length, random));
        }
    }

    [Fact]
    public void A_reset_forgets_a_cut_character()
    {
        var checker = default(Utf8Checker);
        Assert.True(checker.Append([0xE2, 0x82]));
        Assert.False(checker.IsComplete);

        checker.Reset();

        Assert.True(checker.IsComplete);
        Assert.True(checker.Append("x"u8));
    }

    private static byte[] RandomText(SplitMix random)
    {
        var bytes = new List<byte>();
        for (int i = random.Below(12); i > 0; i--)
        {
            bytes.AddRange(random.Pick<byte[]>([0x61], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF]));
        }

        return [.. bytes];
    }

    private static void AssertAgreesInEveryCut(byte[] text)
    {
        AssertAgrees(text, []);
        AssertAgrees(text, Cuts.OneByte(text.Length));
        foreach (int[] cuts in Cuts.InTwo(text.Length))
        {
            AssertAgrees(text, cuts);
        }
    }

    private static void AssertAgrees(byte[] text, int[] cuts)
    {
        var checker = default(Utf8Checker);
        int start = 0;
        foreach (int end in (int[])[.. cuts, text.Length])
        {
            bool isPossible = CanBegin(text.AsSpan(0, end));
            bool accepted = checker.Append(text.AsSpan(start, end - start));
            if (accepted != isPossible || (accepted && checker.IsComplete != Utf8.IsValid(text.AsSpan(0, end))))
            {
                Assert.Fail($"{Convert.ToHexString(text)} cut at {string.Join(',', cuts)}: after {end} bytes accepted {accepted}, complete {checker.IsComplete}");
            }

            if (!accepted)
            {
                return;
            }

            start = end;
        }
    }

    /// <summary>Whether some continuation makes the bytes valid: a whole text, or one of these endings of a cut character.</summary>
    private static bool CanBegin(ReadOnlySpan<byte> text)
    {
        Span<byte> longer = stackalloc byte[text.Length + 3];
        text.CopyTo(longer);
        foreach (byte second in (ReadOnlySpan<byte>)[0x80, 0x90, 0xA0])
        {
            longer[text.Length] = second;
            longer[text.Length + 1] = 0x80;
            longer[text.Length + 2] = 0x80;
            for (int added = 0; added <= 3; added++)
            {
                if (Utf8.IsValid(longer[..(text.Length + added)]))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
