using System;
using PerfConn.Diagnostics;

namespace PerfConn.Connections;

/// <summary>
/// How a line gives its place to a new connection before the venue cuts the old one: make before break. The new one is connected and subscribed while the old one still
/// delivers; what it brings meanwhile is held. Then the old one is closed, and what was held follows, less what had been delivered already.
/// </summary>
/// <remarks>A rotation that fails changes nothing: the old connection goes on, and it is tried again after <see cref="RetryDelay"/>. Checked by <see cref="LineOptions.Validate"/>.</remarks>
public sealed record RotationOptions
{
    /// <summary>Age at which a connection is rotated at the latest; 1 ms to 30 days. Default: null, what the venue's <c>SessionLife</c> leaves; a venue without one is not rotated by age.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>
    /// The part of that age over which rotations are spread, so that connections born together do not rotate together; 0 to 1. Default: 0.1, so a line is rotated between
    /// 90 % and 100 % of its age.
    /// </summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>How long both connections deliver and hold once the new one is subscribed: the time that the old one's last ticks may be under way; 0 to a day. Default: 500 ms.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long connecting and subscribing the new one may take in all; 1 ms to 30 days. Default: 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long after a failed rotation the next is tried; 1 ms to 30 days. Default: 60 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Bytes of messages held at most; what comes beyond is lost, and every stream then gets a gap marker; from 1. Default: 64 MiB, which is not taken before it is needed, and not from the managed heap.
    /// </summary>
    public int HoldLimit { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether a venue's announcement that it will cut the line (Binance <c>serverShutdown</c>, OKX 64008) rotates it. Default: true.</summary>
    public bool OnNotice { get; init; } = true;

    internal void Check(OptionsCheck check) => check
        .Time(MaxAge)
        .Between(Jitter, 0, 1)
        .Between(Overlap, TimeSpan.Zero, TimeSpan.FromDays(1))
        .Time(Timeout)
        .Time(RetryDelay)
        .AtLeast(HoldLimit, 1);
}
