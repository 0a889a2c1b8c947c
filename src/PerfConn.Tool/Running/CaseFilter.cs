using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PerfConn.Tool.Running;

/// <summary>Which cases of the suite to run: by the server's own count from 1 (<c>7</c>, <c>1-20</c>), or by id (<c>9.1.*</c>, <c>12.1.3</c>).</summary>
internal sealed class CaseFilter
{
    private readonly List<(int From, int To)> _numbers = [];
    private readonly List<string> _ids = [];

    private CaseFilter()
    {
    }

    /// <summary>Whether a case can only be judged by its id, which has to be asked for.</summary>
    public bool NeedsIds => _ids.Count > 0;

    private bool IsAll => _numbers.Count == 0 && _ids.Count == 0;

    /// <exception cref="UsageException">The text is no such list.</exception>
    public static CaseFilter Parse(string? text)
    {
        var filter = new CaseFilter();
        foreach (string part in text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (part.Contains('.', StringComparison.Ordinal) && part.All(static c => char.IsAsciiDigit(c) || c is '.' or '*') && part.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == part.Length - 1))
            {
                filter._ids.Add(part);
                continue;
            }

            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryParse(ends[0], out int from) || !TryParse(ends[^1], out int to) || to < from)
            {
                throw new UsageException($"--cases '{part}' is neither a number, a range like 1-20, nor a case id like 9.1.* or 12.1.3");
            }

            filter._numbers.Add((from, to));
        }

        return filter;
    }

    public bool HasNumber(int number) => IsAll || _numbers.Any(range => number >= range.From && number <= range.To);

    public bool HasId(string id) => _ids.Any(pattern =>
        pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : string.Equals(id, pattern, StringComparison.Ordinal));

    private static bool TryParse(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1;
}
