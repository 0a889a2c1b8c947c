using System;

namespace PerfConn.SimulationTests.Venue;

/// <summary>How a venue treats its clients; percentages where nothing else is said. What a history begins with, and what the quiet at its end sets to nothing.</summary>
internal sealed class VenueHabits
{
    public int LostAcks { get; set; }

    public int RepeatedAcks { get; set; }

    public int LateAcks { get; set; }

    /// <summary>Requests that are read and forgotten.</summary>
    public int IgnoredRequests { get; set; }

    /// <summary>Logins that are told to come later.</summary>
    public int RefusedLogins { get; set; }

    /// <summary>Upgrades answered with 429, and a time to wait.</summary>
    public int Throttled { get; set; }

    /// <summary>Upgrades answered with 503 or 500, the first with a time to wait.</summary>
    public int Unavailable { get; set; }

    /// <summary>Upgrades that are not answered at all, or cut.</summary>
    public int Dropped { get; set; }

    /// <summary>After so long a connection is cut; null for never.</summary>
    public TimeSpan? SessionLife { get; set; }

    /// <summary>No ticks of its own accord.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>Whether it behaves.</summary>
    public bool IsCalm { get; private set; }

    /// <summary>From now on it behaves; ticks go on.</summary>
    public void Calm()
    {
        IsCalm = true;
        LostAcks = RepeatedAcks = LateAcks = IgnoredRequests = RefusedLogins = Throttled = Unavailable = Dropped = 0;
    }
}
