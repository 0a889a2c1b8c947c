using System;
using System.Collections.Generic;
using PerfConn.Simulator.Market;

namespace PerfConn.Simulator.Handshake;

/// <summary>What a request's path and query ask for: the form of the payloads and the first streams.</summary>
/// <param name="Format">Raw or combined, milliseconds or microseconds.</param>
/// <param name="Streams">Streams to be on from the start.</param>
internal sealed record StreamTarget(StreamFormat Format, IReadOnlyList<string> Streams)
{
    /// <summary>Understands a target; null, with the status to answer, when it leads nowhere (404) or asks for an unknown unit (400).</summary>
    public static StreamTarget? Parse(string target, out int status)
    {
        int question = target.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? target : target[..question];
        string query = question < 0 ? "" : target[(question + 1)..];
        bool isCombined = path is "/stream" or "/stream/";
        status = 404;
        if (!isCombined && path != "/ws" && !path.StartsWith("/ws/", StringComparison.Ordinal))
        {
            return null;
        }

        status = 400;
        string streams = isCombined ? Value(query, "streams") ?? "" : path[3..];
        return Unit(Value(query, "timeUnit")) is { } isMicroseconds
            ? new StreamTarget(new StreamFormat(isCombined, isMicroseconds), Split(streams))
            : null;
    }

    private static bool? Unit(string? value) => value switch
    {
        "MICROSECOND" or "microsecond" => true,
        null or "MILLISECOND" or "millisecond" => false,
        _ => null,
    };

    private static string[] Split(string streams) =>
        Uri.UnescapeDataString(streams).Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static string? Value(string query, string key)
    {
        foreach (string pair in query.Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals == key.Length && pair.StartsWith(key, StringComparison.Ordinal))
            {
                return pair[(equals + 1)..];
            }
        }

        return null;
    }
}
