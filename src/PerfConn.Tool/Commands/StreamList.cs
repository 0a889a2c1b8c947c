using System;
using System.Collections.Generic;
using System.IO;
using PerfConn.Protocol;
using PerfConn.Tool.Running;
using PerfConn.Venues.Binance;

namespace PerfConn.Tool.Commands;

/// <summary>
/// Stream names as <c>--symbols</c> takes them: separated by commas or white space, or <c>@file</c> with the same inside, where a '#' begins a comment. A
/// bare symbol stands for its best bid and offer.
/// </summary>
internal static class StreamList
{
    private const string BareSuffix = "@bookTicker";

    /// <summary>Reads and checks the names, so that a wrong one is told before anything is connected.</summary>
    /// <exception cref="UsageException">There is none, one is wrong, or they are more than a line may carry.</exception>
    public static IReadOnlyList<string> Read(string text, VenueLimits limits)
    {
        var streams = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in (text.StartsWith('@') ? ReadFile(text[1..]) : text).Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            string stream = Complete(name);
            if (!BinanceProtocol.TryParseStream(stream, out _, out _, out string error))
            {
                throw new UsageException("--symbols: " + error);
            }

            if (seen.Add(stream))
            {
                streams.Add(stream);
            }
        }

        if (streams.Count == 0)
        {
            throw new UsageException($"--symbols '{text}' names no stream");
        }

        return streams.Count <= limits.StreamsPerLine
            ? streams
            : throw new UsageException($"--symbols names {streams.Count} streams; one line carries at most {limits.StreamsPerLine}");
    }

    /// <summary>The venue writes symbols in lower case in stream names, and answers any other spelling with silence.</summary>
    private static string Complete(string name)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
#pragma warning disable CA1308 // Lower case is what the venue wants; the names are ASCII.
        return at < 0 ? name.ToLowerInvariant() + BareSuffix : name[..at].ToLowerInvariant() + name[at..];
#pragma warning restore CA1308
    }

    private static string ReadFile(string path)
    {
        try
        {
            using var lines = new StringWriter();
            foreach (string line in File.ReadLines(path))
            {
                int comment = line.IndexOf('#', StringComparison.Ordinal);
                lines.WriteLine(comment < 0 ? line : line[..comment]);
            }

            return lines.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--symbols @{path}: {(e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message)}");
        }
    }
}
