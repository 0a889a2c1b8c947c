using System;
using PerfConn.Diagnostics;
using PerfConn.Resilience;

namespace PerfConn.Connections;

/// <summary>From an error to what it means, for retry strategies of the user's own.</summary>
public static class LossKinds
{
    private static readonly ReconnectOptions s_default = new();

    /// <summary>Whether the next attempt should come soon, late or not at all.</summary>
    public static RetryClass ClassOf(LossKind kind) => kind switch
    {
        LossKind.Restarting or LossKind.Overloaded or LossKind.Throttled or LossKind.Policy or LossKind.Tls => RetryClass.Slow,
        LossKind.TooBig or LossKind.Credentials or LossKind.Refused => RetryClass.Fatal,
        _ => RetryClass.Fast,
    };

    /// <summary>Likewise, of an error as a custom strategy is given it.</summary>
    public static RetryClass ClassOf(Exception error) => ClassOf(KindOf(error));

    /// <summary>The kind of an error as a custom strategy is given it.</summary>
    public static LossKind KindOf(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error switch
        {
            LineClosedException closed => LossTable.KindOf(new LineEnd(closed.CloseCode ?? 1006, closed.Reason, null), s_default),
            ConnectionException failure => LossTable.KindOf(new LineEnd(1006, error.Message, failure), s_default),
            ArgumentException => LossKind.Refused,
            _ => LossKind.Network,
        };
    }
}
