using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Symbols;

public class SymbolMapPropertyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Agrees_with_a_dictionary(bool ignoreCase)
    {
        // Few letters and short words, so that symbols repeat; any bytes, so that nothing is special.
        Gen<string> words = Gen.Elements("aAbZz019_-\u00e9\0".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        Prop.ForAll(words.ListOf().ToArbitrary(), list => AgreesWithDictionary(list, ignoreCase))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300));
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Agrees_with_a_dictionary_while_it_grows(ulong seed)
    {
        var random = new SplitMix(seed);
        var words = Enumerable.Range(0, 60_000).Select(_ => Word(random)).ToList();

        Assert.True(AgreesWithDictionary(words, ignoreCase: false));
        Assert.True(AgreesWithDictionary(words, ignoreCase: true));
    }

    /// <summary>
    /// Chosen symbols cannot make lookups slow: thousands that meet in one slot under one seed are spread under another.
    /// </summary>
    [Fact]
    public void A_flood_that_knows_another_seed_is_harmless()
    {
        const ulong Known = 42;
        var hasher = new SymbolHasher(Known);
        var flood = new List<byte[]>();
        for (int i = 0; flood.Count < 300; i++)
        {
            byte[] symbol = Encoding.ASCII.GetBytes($"X{i:D7}");
            SymbolWords.ReadCommon(symbol, out ulong low, out ulong high);
            ulong hash = hasher.Hash(low, high, symbol.Length);
            if ((hash & 0x1FF) == 0 && hash >> 60 == 0)
            {
                flood.Add(symbol);
            }
        }

        SymbolMap attacked = Filled(Known, flood);
        Assert.InRange(attacked.LongestProbe(), 150, 300);
        Assert.All(flood, symbol => Assert.True(attacked.Find(symbol).IsValid));
        for (ulong other = 0; other < 20; other++)
        {
            Assert.InRange(Filled(other, flood).LongestProbe(), 0, 12);
        }
    }

    [Fact]
    public void Maps_have_seeds_of_their_own()
    {
        var flood = Enumerable.Range(0, 200).Select(i => Encoding.ASCII.GetBytes($"SYM{i}")).ToList();
        int[] probes = Enumerable.Range(0, 8).Select(_ => Filled(null, flood, capacity: 200).LongestProbe()).ToArray();

        Assert.True(probes.Distinct().Count() > 1, "eight random seeds gave eight equal tables");
    }

    private static SymbolMap Filled(ulong? seed, List<byte[]> symbols, int capacity = 4096)
    {
        var map = new SymbolMap(capacity: capacity, seed: seed);
        foreach (byte[] symbol in symbols)
        {
            map.GetOrAdd(symbol);
        }

        return map;
    }

    private static string Word(SplitMix random)
    {
        var letters = new char[1 + random.Below(20)];
        for (int i = 0; i < letters.Length; i++)
        {
            letters[i] = random.Pick('a', 'B', 'c', 'D', 'e', '1');
        }

        return new string(letters);
    }

    private static bool AgreesWithDictionary(IEnumerable<string> words, bool ignoreCase)
    {
        var map = new SymbolMap(ignoreCase, capacity: 16);
        var model = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string word in words)
        {
            string canonical = ignoreCase ? word.ToUpperInvariant().Replace('\u00c9', '\u00e9') : word;
            byte[] bytes = Encoding.UTF8.GetBytes(word);
            if (bytes.Length is 0 or > 64)
            {
                Assert.Equal(SymbolId.None, map.GetOrAdd(word));
                continue;
            }

            bool known = model.TryGetValue(canonical, out int id);
            Assert.Equal(known ? id : -1, map.Find(bytes).Value);
            model[canonical] = known ? id : model.Count;
            Assert.Equal(model[canonical], map.GetOrAdd(bytes).Value);
        }

        Assert.Equal(model.Count, map.Count);
        Assert.All(map, pair => Assert.Equal(model[pair.Value], pair.Key.Value));
        return true;
    }
}
