using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PerfConn.Tests.Conformance;

/// <summary>Group 6 of the list: UTF-8. The sequences are those of Markus Kuhn's decoder stress test, by their bytes.</summary>
internal static class Utf8Cases
{
    private const string Greek = "CEBAE1BDB9CF83CEBCCEB5";
    private const string Mixed = "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!";
    private const string Bye = "close 1000";
    private const string Invalid = "close 1007";

    private static readonly byte[] s_end = Frame.Close(1000);

    public static IEnumerable<Case> All => [.. Fragmented(), .. FailFast(), .. Sequences()];

    private static IEnumerable<Case> Fragmented()
    {
        byte[] mixed = Encoding.UTF8.GetBytes(Mixed);
        byte[] greek = Convert.FromHexString(Greek);
        byte[] broken = [.. greek, 0xED, 0xA0, 0x80, .. "edited"u8];
        yield return Good("6.1.1", [Frame.Text("")], "");
        yield return Good("6.1.2", [Frame.Text("", fin: false), Frame.More("", fin: false), Frame.More("", fin: true)], "");
        yield return Good("6.1.3", [Frame.Text("", fin: false), Frame.More("middle frame payload", fin: false), Frame.More("", fin: true)], "middle frame payload");
        yield return Good("6.2.1", [Frame.Text(Mixed)], Mixed);
        yield return Good("6.2.2", [Frame.Text(mixed[..12], fin: false), Frame.More(mixed[12..], fin: true)], Mixed);
        yield return Good("6.2.3", Frame.Fragments(1, mixed, 1), Mixed);
        yield return Good("6.2.4", Frame.Fragments(1, greek, 1), Encoding.UTF8.GetString(greek));
        yield return new Case("6.3.1", [Frame.Text(broken)], [Invalid]);
        yield return new Case("6.3.2", Frame.Fragments(1, broken, 1), [Invalid]);
    }

    /// <summary>The last piece is never sent: who waits for it before it refuses is too late.</summary>
    private static IEnumerable<Case> FailFast()
    {
        byte[] greek = Convert.FromHexString(Greek);
        byte[] bad = [0xF4, 0x90, 0x80, 0x80];
        byte[] whole = Frame.Text([.. greek, .. bad, .. "edited"u8]);
        int start = 2 + greek.Length;
        yield return new Case(
            "6.4.1", [Frame.Text(greek, fin: false), Frame.More(bad, fin: false), Frame.More("edited", fin: true)], [Invalid], IsFast: true);
        yield return new Case(
            "6.4.2", [Frame.Text([.. greek, bad[0]], fin: false), Frame.More([bad[1]], fin: false), Frame.More([.. bad[2..], .. "edited"u8], fin: true)], [Invalid], IsFast: true);
        yield return new Case("6.4.3", [whole[..start], whole[start..(start + 4)], whole[(start + 4)..]], [Invalid], IsFast: true);
        yield return new Case("6.4.4", [whole[..(start + 1)], whole[(start + 1)..(start + 2)], whole[(start + 2)..]], [Invalid], IsFast: true);
    }

    private static IEnumerable<Case> Sequences()
    {
        string[] greek = [.. Enumerable.Range(1, Greek.Length / 2).Select(i => Greek[..(2 * i)])];
        string continuation = string.Concat(Enumerable.Range(0x80, 64).Select(b => b.ToString("X2", null)));
        string[] missing = ["C0", "E080", "F08080", "F8808080", "FC80808080", "DF", "EFBF", "F7BFBF", "FBBFBFBF", "FDBFBFBFBF"];
        string[] nonCharacters = [.. Enumerable.Range(0, 17).SelectMany(plane => (int[])[(plane << 16) | 0xFFFE, (plane << 16) | 0xFFFF]).Select(Hex)];
        return
        [
            .. Group("6.5", true, [greek[1], greek[4], greek[6], greek[8], greek[10]]),
            .. greek.SelectMany((text, i) => Group($"6.6.{i + 1}", i is 1 or 4 or 6 or 8 or 10, [text], isWhole: true)),
            .. Group("6.7", true, ["00", "C280", "E0A080", "F0908080"]),
            .. Group("6.8", false, ["F888808080", "FC8480808080"]),
            .. Group("6.9", true, ["7F", "DFBF", "EFBFBF", "F48FBFBF"]),
            .. Group("6.10", false, ["F7BFBFBF", "FBBFBFBFBF", "FDBFBFBFBFBF"]),
            .. Group("6.11", true, ["ED9FBF", "EE8080", "EFBFBD", "F48FBFBF"]),
            .. Group("6.11.5", false, ["F4908080"], isWhole: true),
            .. Group("6.12", false, ["80", "BF", "80BF", "80BF80", "80BF80BF", "80BF80BF80", "80BF80BF80BF", continuation]),
            .. Group("6.13", false, [Lonely(0xC0, 32), Lonely(0xE0, 16), Lonely(0xF0, 8), Lonely(0xF8, 4), Lonely(0xFC, 2)]),
            .. Group("6.14", false, missing),
            .. Group("6.15", false, [string.Concat(missing)]),
            .. Group("6.16", false, ["FE", "FF", "FEFEFFFF"]),
            .. Group("6.17", false, ["C0AF", "E080AF", "F08080AF", "F8808080AF", "FC80808080AF"]),
            .. Group("6.18", false, ["C1BF", "E09FBF", "F08FBFBF", "F887BFBFBF", "FC83BFBFBFBF"]),
            .. Group("6.19", false, ["C080", "E08080", "F0808080", "F880808080", "FC8080808080"]),
            .. Group("6.20", false, ["EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBE80", "EDBFBF"]),
            .. Group("6.21", false, [
                "EDA080EDB080", "EDA080EDBFBF", "EDADBFEDB080", "EDADBFEDBFBF", "EDAE80EDB080", "EDAE80EDBFBF", "EDAFBFEDB080", "EDAFBFEDBFBF"]),
            .. Group("6.22", true, nonCharacters),
            .. Group("6.23", true, [.. Enumerable.Range(0xFFF9, 7).Select(Hex)]),
        ];
    }

    private static IEnumerable<Case> Group(string id, bool isValid, string[] texts, bool isWhole = false)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            byte[] text = Convert.FromHexString(texts[i]);
            string name = isWhole ? id : $"{id}.{i + 1}";
            yield return isValid ? Good(name, [Frame.Text(text)], Encoding.UTF8.GetString(text)) : new Case(name, [Frame.Text(text)], [Invalid]);
        }
    }

    private static Case Good(string id, byte[][] frames, string text) => new(id, [.. frames, s_end], [Answer.Of("text", text), Bye]);

    private static string Lonely(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(b => $"{b:X2}20"));

    private static string Hex(int codePoint) => Convert.ToHexString(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(codePoint)));
}
