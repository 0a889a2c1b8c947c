using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Xunit;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>A prediction changes the speed and never the answer, whatever came before.</summary>
public class ShapePropertyTests
{
    private static readonly string[] s_fragments =
    [
        "\"symbol\":\"X\",", "\"product_id\":\"X\",", "\"s\":\"X\",", "\"topic\":\"tickers.X\",", "\"tick\":{\"symbol\":\"X\"},", "\"instId\":\"X\",", "\"data\":{},",
        "\"note\":\"a\\\"b\",", "\"note\":\"{[\",", "\"note\":\"symbol\",", "\"symbol_id\":1,", "\\u0041", "\\/", "\\", "\"", " ", "\n", "{", "}", "[", "]", ",", ":",
        "1", "0", "-", ".5", "e9", "123456789012345678901234567890", "\u0001", "\"\"", "null", "true", "\"mode\":\"1\",", "{\"x\":", "}}",
    ];

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Torn_and_twisted_messages_mean_the_same_with_any_history(ulong seed)
    {
        var random = new SplitMix(seed);
        var trial = new ShapeTrial();
        for (int i = 0; i < 60_000; i++)
        {
            string message = random.Pick(ShapeSamples.All);
            for (int count = random.Below(4); count > 0; count--)
            {
                message = random.OneIn(2) ? Twisted(message, random) : WithOtherValues(message, random);
            }

            byte[] bytes = Encoding.Latin1.GetBytes(message);
            string? fault = trial.Fault(bytes);
            Assert.True(fault is null, $"{fault}\n{message}");
        }

        Assert.True(trial.Read > 10_000, $"only {trial.Read} messages were of any shape");
        Assert.True(trial.Predicted > trial.Read / 3, $"only {trial.Predicted} of {trial.Read} were predicted");
    }

    [Theory]
    [InlineData(11UL)]
    [InlineData(12UL)]
    public void Values_of_any_length_are_predicted(ulong seed)
    {
        var random = new SplitMix(seed);
        foreach (string sample in ShapeSamples.All.Take(11))
        {
            var trial = new ShapeTrial();
            for (int i = 0; i < 2000; i++)
            {
                string message = WithOtherValues(sample, random);
                string? fault = trial.Fault(Encoding.Latin1.GetBytes(message));
                Assert.True(fault is null, $"{fault}\n{message}");
            }

            // All but those to learn from, which a zero or an empty symbol may make a few more of.
            Assert.True(trial.Predicted >= trial.Read * 9 / 10, $"{trial.Predicted} of {trial.Read} of {sample}");
        }
    }

    /// <summary>Cut after each byte, in a reader that has just seen the whole one.</summary>
    [Fact]
    public void A_message_cut_anywhere_is_no_message()
    {
        foreach (string sample in ShapeSamples.All)
        {
            var trial = new ShapeTrial();
            byte[] bytes = Encoding.Latin1.GetBytes(sample);
            for (int length = 0; length <= bytes.Length; length++)
            {
                Assert.Null(trial.Fault(bytes));
                Assert.Null(trial.Fault(bytes.AsSpan(0, length)));
            }
        }
    }

    /// <summary>Each byte of a message replaced by each that matters.</summary>
    [Fact]
    public void Any_single_byte_may_be_another()
    {
        foreach (string sample in ShapeSamples.All.Take(11))
        {
            var trial = new ShapeTrial();
            byte[] bytes = Encoding.Latin1.GetBytes(sample);
            Assert.Null(trial.Fault(bytes));
            for (int i = 0; i < bytes.Length; i++)
            {
                byte was = bytes[i];
                foreach (byte other in "\"\\{}[],: 09-.eXs\u0001\u007F"u8)
                {
                    bytes[i] = other;
                    string? fault = trial.Fault(bytes);
                    Assert.True(fault is null, $"{fault}\n{Encoding.Latin1.GetString(bytes)}");
                }

                bytes[i] = was;
                Assert.Null(trial.Fault(bytes));
            }
        }
    }

    private static string Twisted(string message, SplitMix random)
    {
        int at = random.Below(message.Length + 1);
        switch (random.Below(7))
        {
            case 0:
                return message.Remove(at == message.Length ? 0 : at, at == message.Length ? 0 : 1);
            case 1:
                return random.OneIn(3) ? message[..at] : message;
            case 2 or 3:
                return message.Insert(at, random.Pick(s_fragments));
            case 4:
                // Where a field begins a trap fits best.
                int comma = message.IndexOfAny([',', '{'], Math.Min(at, message.Length - 1 < 0 ? 0 : message.Length - 1));
                return comma < 0 ? message : message.Insert(comma + 1, random.Pick(s_fragments));
            case 5:
                int length = random.Below(Math.Min(24, message.Length - at) + 1);
                return message.Insert(random.Below(message.Length + 1), message.Substring(at, length));
            default:
                return at == message.Length ? message : string.Concat(message.AsSpan(0, at), random.Pick("\"", "\\", "9", "x", "\u0000", "\u00FF"), message.AsSpan(at + 1));
        }
    }

    /// <summary>Other numbers and other texts, of other lengths, in the same layout.</summary>
    private static string WithOtherValues(string message, SplitMix random)
    {
        var text = new StringBuilder();
        for (int i = 0; i < message.Length;)
        {
            if (message[i] == '"')
            {
                int end = i + 1;
                while (end < message.Length && message[end] != '"')
                {
                    end += message[end] == '\\' ? 2 : 1;
                }

                end = Math.Min(end + 1, message.Length);
                bool isValue = i > 0 && message[i - 1] == ':' && random.OneIn(3);
                text.Append(isValue ? random.Pick("\"X\"", "\"ABCDEF.GH-IJ@K\"", "\"a text of more than thirty-two letters, which is long\"", message[i..end]) : message[i..end]);
                i = end;
            }
            else if (char.IsAsciiDigit(message[i]))
            {
                int end = i;
                while (end < message.Length && char.IsAsciiDigit(message[end]))
                {
                    end++;
                }

                string digits = ((random.Next() >> random.Below(60)) | 1).ToString(CultureInfo.InvariantCulture);
                text.Append(random.OneIn(3) ? digits : message[i..end]);
                i = end;
            }
            else
            {
                text.Append(message[i++]);
            }
        }

        return text.ToString();
    }
}
