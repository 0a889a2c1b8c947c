using System;

namespace PerfConn.Subscriptions;

/// <summary>What became of a request.</summary>
/// <param name="Result">The venue's raw result; empty unless it accepted.</param>
/// <param name="VenueCode">The venue's error code, when it refused.</param>
/// <param name="Error">Why it failed; null when the venue accepted.</param>
/// <param name="IsLost">Whether it failed only because the line did: it will be asked again on the next one.</param>
internal readonly record struct Reply(ReadOnlyMemory<byte> Result, int? VenueCode, string? Error, bool IsLost)
{
    /// <summary>Whether the venue has not answered: nobody knows whether it has done what it was asked for.</summary>
    public bool IsUnanswered { get; private init; }

    public static Reply Accepted(ReadOnlySpan<byte> result) => new(result.ToArray(), null, null, IsLost: false);

    public static Reply Refused(int code, string text) => new(default, code, $"the venue refused: {text} (code {code})", IsLost: false);

    /// <summary>Never sent: the line's framing has no way to write it.</summary>
    public static Reply Unsendable(string why) => new(default, null, why, IsLost: false);

    public static Reply TimedOut(TimeSpan after) =>
        new(default, null, $"the venue did not answer within {after.TotalSeconds:0.#} s", IsLost: false) { IsUnanswered = true };

    public static Reply Lost => new(default, null, "the line was lost", IsLost: true);
}
