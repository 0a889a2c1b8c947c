using System;
using System.Linq;
using System.Text;

namespace PerfConn.Benchmarks.Symbols;

/// <summary>3,000 symbols as a big venue has them (5 to 12 bytes, in upper and lower case), and an order of asking in which neighbours have nothing in common.</summary>
internal static class SymbolUniverse
{
    public const int Count = 3000;

    private static readonly string[] s_quotes = ["USDT", "BTC", "ETH", "FDUSD", "TRY", "EUR"];

    public static byte[][] Upper() => Names().Select(Encoding.ASCII.GetBytes).ToArray();

    public static byte[][] Lower() => Names().Select(name => Encoding.ASCII.GetBytes(name.ToLowerInvariant())).ToArray();

    /// <summary>A fixed permutation: steps of a prime that does not divide the count.</summary>
    public static int[] Order() => Enumerable.Range(0, Count).Select(i => (int)((long)i * 1787 % Count)).ToArray();

    private static string[] Names() =>
        Enumerable.Range(0, Count).Select(i => Base(i / s_quotes.Length) + s_quotes[i % s_quotes.Length]).ToArray();

    /// <summary>Letters, two to seven of them, different for each number.</summary>
    private static string Base(int number)
    {
        var letters = new StringBuilder();
        int rest = number;
        do
        {
            letters.Append((char)('A' + (rest % 26)));
            rest /= 26;
        }
        while (rest > 0);

        return letters.Append("QWERT".AsSpan(0, 1 + (number % 5))).ToString();
    }
}
