namespace PerfConn.Resilience;

/// <summary>What a failure means for the next attempt, in one word.</summary>
public enum RetryClass
{
    /// <summary>The next attempt may well succeed: backoff from its first delay on.</summary>
    Fast,

    /// <summary>It will not be better soon, and asking again and again makes it worse: a long delay.</summary>
    Slow,

    /// <summary>The next attempt would only repeat it.</summary>
    Fatal,
}
