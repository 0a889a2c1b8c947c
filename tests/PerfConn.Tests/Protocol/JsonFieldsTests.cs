using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

public class JsonFieldsTests
{
    private const string Letters = "{}[]\",:\\ \n0123456789eE.-truefalsn\u0001xé";

    private const string Sample =
        "{\"stream\":\"btcusdt@depth\", \"n\" : -12 ,\"p\":\"0.0010\",\"t\":true,\"f\":false,\"z\":null,\"o\":{\"n\":1,\"s\":\"}\"},\"a\":[[1],\"]\"],\"q\":\"a\\\"b\"}";

    [Theory]
    [InlineData("stream", "\"btcusdt@depth\"", JsonKind.String)]
    [InlineData("n", "-12", JsonKind.Number)]
    [InlineData("t", "true", JsonKind.Boolean)]
    [InlineData("z", "null", JsonKind.Null)]
    [InlineData("o", "{\"n\":1,\"s\":\"}\"}", JsonKind.Object)]
    [InlineData("a", "[[1],\"]\"]", JsonKind.Array)]
    [InlineData("q", "\"a\\\"b\"", JsonKind.String)]
    [InlineData("s", "", JsonKind.None)]
    [InlineData("", "", JsonKind.None)]
    public void Finds_top_level_fields_only(string key, string raw, JsonKind kind)
    {
        var fields = new JsonFields(Encoding.UTF8.GetBytes(Sample));
        Assert.Equal(kind != JsonKind.None, fields.TryGet(Encoding.UTF8.GetBytes(key), out ReadOnlySpan<byte> value, out JsonKind found));
        Assert.Equal(raw, Encoding.UTF8.GetString(value));
        Assert.Equal(kind, found);
    }

    [Fact]
    public void Reads_typed_values_and_refuses_other_types()
    {
        var fields = new JsonFields(Encoding.UTF8.GetBytes(Sample));

        Assert.True(fields.TryGetFixed("p"u8, out FixedPoint price));
        Assert.Equal("0.0010", price.ToString());
        Assert.True(fields.TryGetFixed("n"u8, out price) && price.Mantissa == -12);
        Assert.True(fields.TryGetInt64("n"u8, out long number) && number == -12);
        Assert.True(fields.TryGetBoolean("t"u8, out bool flag) && flag);
        Assert.True(fields.TryGetBoolean("f"u8, out flag) && !flag);
        Assert.True(fields.TryGetText("q"u8, out ReadOnlySpan<byte> text) && text.SequenceEqual("a\\\"b"u8));
        Assert.False(fields.TryGetInt64("p"u8, out _));
        Assert.False(fields.TryGetFixed("t"u8, out _));
        Assert.False(fields.TryGetFixed("missing"u8, out _));
        Assert.False(fields.TryGetBoolean("n"u8, out _));
        Assert.False(fields.TryGetText("n"u8, out _));
    }

    [Fact]
    public void The_first_of_two_equal_keys_wins()
    {
        Assert.True(new JsonFields("{\"a\":1,\"a\":2}"u8).TryGetInt64("a"u8, out long value));
        Assert.Equal(1, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"a\"")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1,")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{,\"a\":1}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{\"a\":1 \"b\":2}")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":1}}")]
    [InlineData("{\"a\":1}x")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":1.}")]
    [InlineData("{\"a\":-}")]
    [InlineData("{\"a\":1e}")]
    [InlineData("{\"a\":truE}")]
    [InlineData("{\"a\":truest}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("{\"a\":\"\\u12g4\"}")]
    [InlineData("{\"a\":\"\\u12\"}")]
    [InlineData("{\"a\":\"\n\"}")]
    [InlineData("{\"a\":\"b}")]
    [InlineData("{\"a\":\"b\\\"}")]
    [InlineData("{\"a\":[1}}")]
    [InlineData("{\"a\":{]}")]
    [InlineData("{\"a\":[\"]}")]
    public void What_is_malformed_is_never_complete(string json) => Assert.False(Read(json, out _));

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Agrees_with_the_base_library_on_all_objects(ulong seed)
    {
        var text = new JsonText(new SplitMix(seed));
        for (int i = 0; i < 3000; i++)
        {
            string json = text.Object(depth: 3);
            List<string> expected = ExpectedFields(json) ?? throw new InvalidOperationException("the generator wrote no JSON: " + json);
            Assert.True(Read(json, out List<string> actual), json);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData(11UL)]
    [InlineData(12UL)]
    [InlineData(13UL)]
    public void Agrees_with_the_base_library_on_torn_and_twisted_objects(ulong seed)
    {
        var random = new SplitMix(seed);
        var text = new JsonText(random);
        int good = 0;
        for (int i = 0; i < 20_000; i++)
        {
            // Without nesting the two must agree on every byte; what is nested is checked only when it is read.
            string json = Mutated(text.Object(depth: 0), random);
            List<string>? expected = ExpectedFields(json);
            bool complete = Read(json, out List<string> actual);
            Assert.True(complete == expected is not null, $"{json}: complete {complete}");
            good += complete ? 1 : 0;
            Assert.True(expected is null || expected.SequenceEqual(actual, StringComparer.Ordinal), json);
        }

        Assert.InRange(good, 1000, 19_000);
    }

    [Theory]
    [InlineData(21UL)]
    [InlineData(22UL)]
    public void Objects_that_the_base_library_takes_are_taken_whatever_is_nested_in_them(ulong seed)
    {
        var random = new SplitMix(seed);
        var text = new JsonText(random);
        for (int i = 0; i < 20_000; i++)
        {
            string json = Mutated(text.Object(depth: 3), random);
            List<string>? expected = ExpectedFields(json);
            bool complete = Read(json, out List<string> actual);
            Assert.True(expected is null || (complete && expected.SequenceEqual(actual, StringComparer.Ordinal)), json);
        }
    }

    [Fact]
    public void Nesting_is_bounded_without_recursion()
    {
        Assert.True(Read("{\"a\":" + new string('[', 64) + new string(']', 64) + "}", out _));
        Assert.False(Read("{\"a\":" + new string('[', 65) + new string(']', 65) + "}", out _));
        Assert.False(Read("{\"a\":" + new string('[', 1_000_000), out _));
    }

    [Fact]
    public void Items_are_walked_alike()
    {
        var items = new JsonItems(" [ 1, \"a]\" ,{\"b\":[2]},[] ] "u8);
        var read = new List<string>();
        while (items.MoveNext())
        {
            read.Add($"{items.Kind} {Encoding.UTF8.GetString(items.Current)}");
        }

        Assert.True(items.IsComplete);
        Assert.Equal(["Number 1", "String \"a]\"", "Object {\"b\":[2]}", "Array []"], read);
        Assert.All(["", "{}", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]"], text => Assert.False(IsWholeArray(text), text));
        Assert.True(IsWholeArray("[]"));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[] json = Encoding.UTF8.GetBytes(Sample);
        long sum = 0;
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                var fields = new JsonFields(json);
                sum += fields.TryGetInt64("n"u8, out long number) && fields.TryGetFixed("p"u8, out FixedPoint price) ? number + price.Mantissa : 0;
                sum += fields.TryGet("missing"u8, out _, out _) ? 1 : 0;
            }
        });
        Assert.Equal(2 * 10_000 * (-12 + 10), sum);
    }

    private static bool IsWholeArray(string json)
    {
        var items = new JsonItems(Encoding.UTF8.GetBytes(json));
        while (items.MoveNext())
        {
        }

        return items.IsComplete;
    }

    private static bool Read(string json, out List<string> fields)
    {
        fields = [];
        JsonFields.Enumerator walk = new JsonFields(Encoding.UTF8.GetBytes(json)).GetEnumerator();
        while (walk.MoveNext())
        {
            JsonField field = walk.Current;
            string kind = field.Kind == JsonKind.Boolean ? (field.Value[0] == 't' ? "True" : "False") : field.Kind.ToString();
            fields.Add($"{Encoding.UTF8.GetString(field.Key)} {kind} {Encoding.UTF8.GetString(field.Value)}");
        }

        return walk.IsComplete;
    }

    private static List<string>? ExpectedFields(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            return document.RootElement.ValueKind != JsonValueKind.Object
                ? null
                : [.. document.RootElement.EnumerateObject().Select(property =>
                    Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property)) + $" {property.Value.ValueKind} {property.Value.GetRawText()}")];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Mutated(string json, SplitMix random)
    {
        var text = new StringBuilder(json);
        for (int count = 1 + random.Below(2); count > 0 && text.Length > 0; count--)
        {
            int place = random.Below(text.Length);
            char letter = Letters[random.Below(Letters.Length)];
            switch (random.Below(4))
            {
                case 0:
                    text.Remove(place, 1);
                    break;
                case 1:
                    text.Insert(place, letter);
                    break;
                case 2:
                    text.Length = random.OneIn(4) ? place : text.Length;
                    break;
                default:
                    text[place] = letter;
                    break;
            }
        }

        return text.ToString();
    }
}
