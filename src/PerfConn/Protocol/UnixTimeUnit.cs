namespace PerfConn.Protocol;

/// <summary>What a venue's times count. The value of each is how many decimal places a second has in it.</summary>
public enum UnixTimeUnit
{
    /// <summary>Seconds: Deriv's <c>epoch</c>, Kite's packets.</summary>
    Seconds = 0,

    /// <summary>Milliseconds: what most venues send.</summary>
    Milliseconds = 3,

    /// <summary>Microseconds: Binance's SBE streams, and its JSON where <c>timeUnit=MICROSECOND</c> was asked for.</summary>
    Microseconds = 6,

    /// <summary>Nanoseconds: Databento.</summary>
    Nanoseconds = 9,
}
