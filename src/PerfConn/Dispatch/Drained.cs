namespace PerfConn.Dispatch;

/// <summary>What a reader found in its lane.</summary>
internal enum Drained
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Something, and more stands behind it.</summary>
    Part,

    /// <summary>All there was when it looked.</summary>
    All,
}
