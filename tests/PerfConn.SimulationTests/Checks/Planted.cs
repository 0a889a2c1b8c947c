namespace PerfConn.SimulationTests.Checks;

/// <summary>Bugs that can be put in on purpose: whoever checks must find each of them.</summary>
internal enum Planted
{
    /// <summary>None.</summary>
    Nothing,

    /// <summary>A tick is lost on its way to the handler, and nobody says so.</summary>
    SwallowedTick,

    /// <summary>A gap marker is lost.</summary>
    SwallowedGap,

    /// <summary>A tick is delivered twice.</summary>
    Duplicate,

    /// <summary>A handler is called after its line has been disposed.</summary>
    LateCallback,

    /// <summary>A connection is opened that nobody closes.</summary>
    LeakedConnection,

    /// <summary>A block is rented that nobody returns.</summary>
    LeakedBlock,

    /// <summary>A timer is set that nobody disposes.</summary>
    LeakedTimer,

    /// <summary>A venue that has asked for time is asked again at once.</summary>
    EarlyConnect,

    /// <summary>The venue forgets a subscription that it has confirmed.</summary>
    ForgottenStream,

    /// <summary>The venue forgets a quote that it has confirmed to a call.</summary>
    ForgottenQuote,

    /// <summary>The venue keeps ticks from a line that lets no stream be silent, and the line is not told to mind.</summary>
    UnwatchedStream,

    /// <summary>A login ends before the venue has answered.</summary>
    EarlyCall,
}
