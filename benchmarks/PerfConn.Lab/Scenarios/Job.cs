using System;
using System.Collections.Generic;
using System.Globalization;

namespace PerfConn.Lab.Scenarios;

/// <summary>The work that all contestants of a comparison are given.</summary>
internal sealed record Job
{
    /// <summary>Where to connect to, when there is a server in it.</summary>
    public string Url { get; init; } = "ws://127.0.0.1/";

    public double Seconds { get; init; } = 1;

    /// <summary>Long enough for the runtimes to have compiled their loops for good.</summary>
    public double WarmUp { get; init; } = 0.6;

    /// <summary>What a message takes on the wire.</summary>
    public double WireBytes { get; init; }

    /// <summary>Connections.</summary>
    public int Lines { get; init; } = 1;

    /// <summary>How often the connection is cut, where it is.</summary>
    public int Cuts { get; init; }

    /// <summary>After this a contestant is given up.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(WarmUp + Seconds + 20 + (Math.Min(Lines, 1000) / 20.0) + (Cuts / 10.0));

    public IEnumerable<string> Arguments() =>
    [
        "--url", Url,
        "--seconds", Seconds.ToString(CultureInfo.InvariantCulture),
        "--warmup", WarmUp.ToString(CultureInfo.InvariantCulture),
        "--wire", WireBytes.ToString(CultureInfo.InvariantCulture),
        "--lines", Lines.ToString(CultureInfo.InvariantCulture),
        "--cuts", Cuts.ToString(CultureInfo.InvariantCulture),
    ];
}
