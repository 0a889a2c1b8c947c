namespace PerfConn.Tool.Running;

/// <summary>Why <c>watch</c> stops watching.</summary>
internal enum WatchEnding
{
    /// <summary>It was asked to: enough messages, enough time, or Ctrl+C.</summary>
    Asked,

    /// <summary>The line has ended for good.</summary>
    LineEnded,

    /// <summary>The venue refused the subscription.</summary>
    Refused,
}
