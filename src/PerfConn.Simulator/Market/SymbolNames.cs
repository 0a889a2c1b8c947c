using System;
using System.Collections.Generic;
using System.Linq;

namespace PerfConn.Simulator.Market;

/// <summary>Makes up symbol names: the well-known pairs first, then invented coins. The same count always gives the same names.</summary>
internal static class SymbolNames
{
    private const string Consonants = "BCDFGHJKLMNPRSTVWXYZ";
    private const string Vowels = "AEIOU";

    private static readonly string[] s_coins =
    [
        "BTC", "ETH", "BNB", "SOL", "XRP", "ADA", "DOGE", "TRX", "AVAX", "DOT", "LINK", "LTC", "BCH", "UNI", "ATOM", "XLM", "ETC", "FIL", "NEAR", "APT",
    ];

    private static readonly string[] s_quotes = ["USDT", "BTC", "FDUSD", "TRY"];

    /// <summary>The first <paramref name="count"/> names.</summary>
    public static string[] Create(int count)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. All().Where(seen.Add).Take(count)];
    }

    private static IEnumerable<string> All()
    {
        foreach (string quote in s_quotes)
        {
            foreach (string coin in s_coins)
            {
                if (coin != quote)
                {
                    yield return coin + quote;
                }
            }
        }

        for (int i = 0; ; i++)
        {
            yield return Coin(i) + "USDT";
        }
    }

    /// <summary>Consonant, vowel, consonant, vowel; longer once those have run out.</summary>
    private static string Coin(int index)
    {
        // A stride coprime to 10,000 scatters the first letters, so that the names do not all begin with B.
        const int Words = 10_000;
        int word = index % Words * 7_919 % Words;
        string tail = index < Words ? "" : Coin((index / Words) - 1);
        return $"{Consonants[word % 20]}{Vowels[word / 20 % 5]}{Consonants[word / 100 % 20]}{Vowels[word / 2000]}{tail}";
    }
}
