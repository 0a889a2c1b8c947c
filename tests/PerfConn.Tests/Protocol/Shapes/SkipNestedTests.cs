using System;
using System.Collections.Generic;
using System.Text;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Skipping 32 bytes at once ends where a walk from byte to byte ends.</summary>
public class SkipNestedTests
{
    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Ends_where_a_walk_byte_by_byte_ends(ulong seed)
    {
        var random = new SplitMix(seed);
        int good = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] text = Text(random);
            int expected = Walk(text);
            int actual = JsonScanner.SkipNested(text, 0, 0, 0, 0);
            Assert.True(expected == actual, $"{expected} {actual} {Convert.ToHexString(text)} {Encoding.Latin1.GetString(text)}");
            good += expected > 0 ? 1 : 0;
        }

        Assert.InRange(good, 10_000, 90_000);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Goes_64_levels_deep(int depth, bool good)
    {
        byte[] text = Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth));
        Assert.Equal(good ? text.Length : -1, JsonScanner.SkipNested(text, 0, 0, 0, 0));
    }

    [Fact]
    public void Goes_on_inside_open_brackets_and_stops_where_told()
    {
        // Inside {[{ , told to leave one open, then none.
        ReadOnlySpan<byte> text = "\"}]\":1}, \"a\" ] , \"and so on for more than thirty-two bytes\":1 } x"u8;
        int one = JsonScanner.SkipNested(text, 0, 0b101, 3, 1);
        Assert.Equal(text.IndexOf("] ,"u8) + 1, one);
        Assert.Equal(text.Length - 2, JsonScanner.SkipNested(text, one, 0b1, 1, 0));
        Assert.Equal(-1, JsonScanner.SkipNested(text, 0, 0b111, 3, 0));
    }

    /// <summary>What follows is none of its business, though it is in the same 32 bytes.</summary>
    [Fact]
    public void Does_not_look_behind_the_end() => Assert.Equal(7, JsonScanner.SkipNested("{\"a\":1},\"\u0001\""u8, 0, 0, 0, 0));

    private static byte[] Text(SplitMix random)
    {
        var bytes = new List<byte> { random.Pick((byte)'{', (byte)'[') };
        var open = new Stack<byte>(bytes);
        int length = random.Below(120);
        while (bytes.Count < length)
        {
            switch (random.Below(8))
            {
                case 0:
                    open.Push(random.Pick((byte)'{', (byte)'['));
                    bytes.Add(open.Peek());
                    break;
                case 1 when open.Count > 1:
                    bytes.Add((byte)(open.Pop() + 2));
                    break;
                case 2:
                    bytes.AddRange("\"a}]{[,:\""u8);
                    break;
                case 3:
                    bytes.AddRange(random.OneIn(8) ? "\"\\\"\\u00e9}\""u8 : "\"btc\""u8);
                    break;
                default:
                    bytes.AddRange(":1,"u8);
                    break;
            }
        }

        while (open.Count > 0)
        {
            bytes.Add((byte)(open.Pop() + 2));
        }

        bytes.AddRange("}]\""u8[..random.Below(4)]);
        if (random.OneIn(3))
        {
            bytes[1 + random.Below(bytes.Count - 1)] = random.Pick((byte)'"', (byte)'{', (byte)']', (byte)'}', (byte)'\\', (byte)1, (byte)0xFF, (byte)';');
        }

        return [.. bytes];
    }

    private static int Walk(byte[] text)
    {
        var open = new Stack<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'{' or (byte)'[':
                    open.Push(text[i]);
                    break;
                case (byte)'}' or (byte)']':
                    if (open.Pop() + 2 != text[i])
                    {
                        return -1;
                    }

                    if (open.Count == 0)
                    {
                        return i + 1;
                    }

                    break;
                case (byte)'"':
                    for (i++; i < text.Length && text[i] != '"'; i++)
                    {
                        if (text[i] < 0x20)
                        {
                            return -1;
                        }

                        if (text[i] != '\\')
                        {
                            continue;
                        }

                        i++;
                        if (i >= text.Length || !"\"\\/bfnrtu"u8.Contains(text[i]))
                        {
                            return -1;
                        }

                        for (int digits = text[i] == 'u' ? 4 : 0; digits > 0; digits--)
                        {
                            i++;
                            if (i >= text.Length || !char.IsAsciiHexDigit((char)text[i]))
                            {
                                return -1;
                            }
                        }
                    }

                    break;
            }
        }

        return -1;
    }
}
