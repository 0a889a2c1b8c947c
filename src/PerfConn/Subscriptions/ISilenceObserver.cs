namespace PerfConn.Subscriptions;

/// <summary>Whoever ends a session whose requests are not answered. An interface, because a delegate is 64 bytes, for every idle line.</summary>
internal interface ISilenceObserver
{
    /// <summary>So many requests in a row were not answered.</summary>
    void OnSilent(int requests);

    /// <summary>A stream was to be left and joined again, and the venue has not said that it has been left.</summary>
    void OnDoubt();
}
