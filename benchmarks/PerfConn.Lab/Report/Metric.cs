namespace PerfConn.Lab.Report;

/// <summary>A figure of a contestant: its name in JSON, its head in a table, and how it is written there.</summary>
/// <param name="Key">In JSON.</param>
/// <param name="Head">In tables, with the unit.</param>
/// <param name="Scale">What the value is divided by for the table.</param>
/// <param name="Digits">Digits behind the point in the table.</param>
internal sealed record Metric(string Key, string Head, double Scale, int Digits)
{
    public static Metric Rate { get; } = new("messagesPerSecond", "M msg/s", 1e6, 2);

    public static Metric ThousandRate { get; } = new("messagesPerSecond", "k/s", 1e3, 1);

    public static Metric Megabytes { get; } = new("wireBytesPerSecond", "MB/s", 1e6, 0);

    public static Metric Nanoseconds { get; } = new("nanosecondsPerMessage", "ns", 1, 1);

    public static Metric StageNanoseconds { get; } = new("nanosecondsOfStage", "ns of it", 1, 1);

    public static Metric MicrosecondsPerLine { get; } = new("nanosecondsPerMessage", "us/line", 1e3, 0);

    public static Metric Cpu { get; } = new("cpuNanosecondsPerMessage", "CPU ns/msg", 1, 0);

    public static Metric CpuMicroseconds { get; } = new("cpuNanosecondsPerMessage", "CPU us/msg", 1e3, 1);

    public static Metric CpuPerLine { get; } = new("cpuNanosecondsPerLineAndSecond", "CPU us/line/s", 1e3, 2);

    public static Metric Allocated { get; } = new("allocatedBytesPerMessage", "B/msg", 1, 3);

    public static Metric Offered { get; } = new("offeredPerSecond", "offered M/s", 1e6, 2);

    public static Metric Dropped { get; } = new("droppedShare", "dropped %", 0.01, 1);

    public static Metric Conflated { get; } = new("conflatedShare", "conflated %", 0.01, 1);

    public static Metric Managed { get; } = new("managedBytesPerLine", "managed B/line", 1, 0);

    public static Metric Resident { get; } = new("residentBytesPerLine", "resident B/line", 1, 0);

    public static Metric P50 { get; } = Percentile(50);

    public static Metric P90 { get; } = Percentile(90);

    public static Metric P99 { get; } = Percentile(99);

    public static Metric P999 { get; } = Percentile(99.9);

    public static Metric Max { get; } = new("maxNanoseconds", "max us", 1e3, 1);

    public static Metric ManagedBefore { get; } = new("managedBytesBefore", "managed MB early", 1e6, 2);

    public static Metric ManagedAfter { get; } = new("managedBytesAfter", "managed MB at end", 1e6, 2);

    public static Metric ResidentBefore { get; } = new("residentBytesBefore", "resident MB early", 1e6, 1);

    public static Metric ResidentAfter { get; } = new("residentBytesAfter", "resident MB at end", 1e6, 1);

    public static Metric HandlesBefore { get; } = new("handlesBefore", "handles early", 1, 0);

    public static Metric HandlesAfter { get; } = new("handlesAfter", "handles at end", 1, 0);

    public static Metric ThreadsBefore { get; } = new("threadsBefore", "threads early", 1, 0);

    public static Metric ThreadsAfter { get; } = new("threadsAfter", "threads at end", 1, 0);

    private static Metric Percentile(double point) => new(
        System.FormattableString.Invariant($"p{point}Nanoseconds"), System.FormattableString.Invariant($"p{point} us"), 1e3, 1);
}
