using System.Collections.Generic;
using System.Text.Json;

namespace PerfConn.Lab.Running;

/// <summary>What a contestant's process says at its end, as one line of JSON. What it cannot tell stays null.</summary>
internal sealed record Measurement
{
    private static readonly JsonSerializerOptions s_format = new(JsonSerializerDefaults.Web);

    /// <summary>Messages within the measured time.</summary>
    public double Messages { get; init; }

    /// <summary>The measured time.</summary>
    public double Seconds { get; init; }

    /// <summary>User and system time of the whole process within it.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Managed bytes allocated within it.</summary>
    public double? AllocatedBytes { get; init; }

    /// <summary>Messages given, delivered or not.</summary>
    public double? Offered { get; init; }

    /// <summary>Of these, dropped.</summary>
    public double? Dropped { get; init; }

    /// <summary>Of these, replaced by a newer one.</summary>
    public double? Conflated { get; init; }

    /// <summary>Latencies in nanoseconds at <see cref="Quantiles.Points"/>.</summary>
    public IReadOnlyList<double>? Percentiles { get; init; }

    /// <summary>Managed bytes that a line holds after a full collection.</summary>
    public double? ManagedBytesPerLine { get; init; }

    /// <summary>What a line adds to the process's resident memory.</summary>
    public double? ResidentBytesPerLine { get; init; }

    /// <summary>The longest latency.</summary>
    public double? MaxNanoseconds { get; init; }

    /// <summary>What the process held early on.</summary>
    public Holdings? HeldBefore { get; init; }

    /// <summary>What it held at the end.</summary>
    public Holdings? HeldAfter { get; init; }

    /// <summary>The peer's own name and version.</summary>
    public string? Version { get; init; }

    public static Measurement? Parse(string line) => JsonSerializer.Deserialize<Measurement>(line, s_format);

    public override string ToString() => JsonSerializer.Serialize(this, s_format);
}
