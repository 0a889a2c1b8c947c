namespace PerfConn.Subscriptions;

/// <summary>Whoever ends a session whose requests are not answered. An interface, because a delegate is 64 bytes, for every idle line.</summary>
internal interface ISilenceObserver
{
    /// <summary>So many requests in a row were not answered.</summary>
    void OnSilent(int requests);
}
