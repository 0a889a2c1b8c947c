using System;

namespace PerfConn.Dispatch;

/// <summary>A snapshot was of no use: it does not join the deltas.</summary>
public sealed class SnapshotException : Exception
{
    /// <summary>Without a message.</summary>
    public SnapshotException()
    {
    }

    /// <summary>With what was wrong.</summary>
    public SnapshotException(string message)
        : base(message)
    {
    }

    /// <summary>With what was wrong and why.</summary>
    public SnapshotException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
