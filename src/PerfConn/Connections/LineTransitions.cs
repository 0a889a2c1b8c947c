namespace PerfConn.Connections;

/// <summary>
/// The line's state machine as one table. What is not in it does not happen: a pair that it does not name is ignored, so a late word about an old session changes
/// nothing, and nothing leads out of <see cref="LineState.Closed"/> and <see cref="LineState.Faulted"/>, nor from <see cref="LineState.Draining"/> back to a connection.
/// </summary>
internal static class LineTransitions
{
    /// <summary>The state that follows, or null when this cannot happen here.</summary>
    public static LineState? Next(LineState state, LineTrigger trigger) => (state, trigger) switch
    {
        (LineState.Idle, LineTrigger.Connect) => LineState.Connecting,
        (LineState.Idle, LineTrigger.Close) => LineState.Draining,

        (LineState.Connecting, LineTrigger.LogIn) => LineState.Authenticating,
        (LineState.Connecting, LineTrigger.GoLive) => LineState.Live,
        (LineState.Connecting, LineTrigger.Lose) => LineState.Reconnecting,
        (LineState.Connecting, LineTrigger.Close) => LineState.Draining,

        (LineState.Authenticating, LineTrigger.GoLive) => LineState.Live,
        (LineState.Authenticating, LineTrigger.Lose) => LineState.Reconnecting,
        (LineState.Authenticating, LineTrigger.Close) => LineState.Draining,

        (LineState.Live, LineTrigger.GoStale) => LineState.Degraded,
        (LineState.Live, LineTrigger.Rotate) => LineState.Rotating,
        (LineState.Live, LineTrigger.Lose) => LineState.Reconnecting,
        (LineState.Live, LineTrigger.Close) => LineState.Draining,

        (LineState.Degraded, LineTrigger.Recover) => LineState.Live,
        (LineState.Degraded, LineTrigger.Rotate) => LineState.Rotating,
        (LineState.Degraded, LineTrigger.Lose) => LineState.Reconnecting,
        (LineState.Degraded, LineTrigger.Close) => LineState.Draining,

        (LineState.Rotating, LineTrigger.GoLive) => LineState.Live,
        (LineState.Rotating, LineTrigger.StayOn) => LineState.Live,
        (LineState.Rotating, LineTrigger.Lose) => LineState.Reconnecting,
        (LineState.Rotating, LineTrigger.Close) => LineState.Draining,

        // A spare session goes live without an attempt to connect.
        (LineState.Reconnecting, LineTrigger.Connect) => LineState.Connecting,
        (LineState.Reconnecting, LineTrigger.GoLive) => LineState.Live,
        (LineState.Reconnecting, LineTrigger.End) => LineState.Closed,
        (LineState.Reconnecting, LineTrigger.GiveUp) => LineState.Faulted,
        (LineState.Reconnecting, LineTrigger.Close) => LineState.Draining,

        (LineState.Draining, LineTrigger.End) => LineState.Closed,
        _ => null,
    };

    /// <summary>Whether nothing follows.</summary>
    public static bool IsFinal(LineState state) => state is LineState.Closed or LineState.Faulted;
}
