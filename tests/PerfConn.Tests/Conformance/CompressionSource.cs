using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PerfConn.Tests.Conformance;

/// <summary>Cuts the messages of a case from its data: each begins where the last one ended, and goes round at the end.</summary>
internal sealed class CompressionSource
{
    private const int Length = 300_000;

    private static readonly Dictionary<CompressionData, string> s_texts = new()
    {
        [CompressionData.Json] = Written(1, static (text, random) => text.Append(
            CultureInfo.InvariantCulture, $$"""{"id":{{random.Below(100_000)}},"name":"{{random.Pick("Zürich", "東京", "Łódź", "New York", "𝄞 Wien")}}","open":{{random.Below(2) == 0}},"at":[{{random.Below(180)}}.{{random.Below(9999)}},{{random.Below(90)}}.5]},""")),
        [CompressionData.Html] = Written(4, static (text, random) => text.Append(
            CultureInfo.InvariantCulture, $"<tr class=\"row{random.Below(9)}\"><td>{random.Below(1000)}</td><td>{random.Pick("Kurs", "Größe", "–", "€")}</td></tr>\n")),
    };

    private static readonly Dictionary<CompressionData, byte[]> s_bytes = new()
    {
        [CompressionData.Bitmap] = Drawn(2, static (at, random) => (byte)((at % 512 / 4) + (at / 512 / 8) + random.Below(12))),
        [CompressionData.Prose] = Encoding.Latin1.GetBytes(Written(3, static (text, random) => text.Append(
            random.Pick("Die ", "Leitung ", "war ", "dünn ", "und ", "kam ", "zurück", ", ", "als ", "der ", "Markt ", "schloß", ".\r\n")))),
        [CompressionData.Document] = Drawn(5, static (at, random) => at / 700 % 8 == 0 ? (byte)"0000000016 00000 n \n"[at % 20] : (byte)random.Below(256)),
    };

    private readonly CompressionCase _case;
    private int _from;

    public CompressionSource(CompressionCase script)
    {
        _case = script;
        IsText = s_texts.ContainsKey(script.Data);
    }

    public bool IsText { get; }

    public byte[] Next()
    {
        int from = _from;
        if (!IsText)
        {
            byte[] data = s_bytes[_case.Data];
            _from = (from + _case.Size) % data.Length;
            return _from > from ? data[from.._from] : [.. data[from..], .. data[.._from]];
        }

        // A message must not begin or end inside a surrogate pair.
        string text = s_texts[_case.Data];
        int to = (from + _case.Size) % text.Length;
        _from = char.IsLowSurrogate(text[to]) ? to + 1 : to;
        return Encoding.UTF8.GetBytes(_from > from ? text[from.._from] : text[from..] + text[.._from]);
    }

    private static string Written(ulong seed, Action<StringBuilder, SplitMix> append)
    {
        var random = new SplitMix(seed);
        var text = new StringBuilder();
        while (text.Length < Length)
        {
            append(text, random);
        }

        return text.ToString();
    }

    private static byte[] Drawn(ulong seed, Func<int, SplitMix, byte> draw)
    {
        var random = new SplitMix(seed);
        return [.. Enumerable.Range(0, Length).Select(at => draw(at, random))];
    }
}
