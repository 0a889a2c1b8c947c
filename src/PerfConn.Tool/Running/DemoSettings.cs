using System;

namespace PerfConn.Tool.Running;

/// <summary>What <c>demo</c> was asked to do.</summary>
internal sealed record DemoSettings
{
    /// <summary>How long the steady part takes.</summary>
    public required TimeSpan Duration { get; init; }

    public required int Lines { get; init; }

    public required int SymbolsPerLine { get; init; }

    /// <summary>Ticks per second over all lines; 0 for as fast as they drain them.</summary>
    public required double Rate { get; init; }

    public bool Tls { get; init; }

    public bool Json { get; init; }
}
