using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.Extensions.Logging;
using PerfConn.Framing;

namespace PerfConn.Tool.Running;

/// <summary>
/// Listens to a line's log: keeps the last thing that happened, for the table, and notices when the peer breaks the protocol, because a command that
/// would go on reconnecting to such a peer helps nobody.
/// </summary>
internal sealed class LineEvents : ILogger
{
    private static readonly HashSet<string> s_faults = [.. Enum.GetValues<FrameFault>().Select(static fault => fault.Describe())];

    private string? _last;
    private ProtocolBreach? _breach;

    /// <summary>Called when a breach has been noticed.</summary>
    public Action? Breached { get; set; }

    /// <summary>The last warning, in one line; null when all is well, again or still.</summary>
    public string? Last => Volatile.Read(ref _last);

    /// <summary>How the peer broke the protocol; null as long as it did not.</summary>
    public ProtocolBreach? Breach => Volatile.Read(ref _breach);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == "Live")
        {
            Volatile.Write(ref _last, null);
        }
        else if (logLevel >= LogLevel.Warning)
        {
            Volatile.Write(ref _last, formatter(state, exception));
        }

        if (eventId.Name == "SessionEnded" && state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            OnSessionEnded(values);
        }
    }

    private void OnSessionEnded(IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        int code = 0;
        string reason = "";
        string endpoint = "";
        foreach (KeyValuePair<string, object?> value in values)
        {
            switch (value.Value)
            {
                case int number:
                    code = number;
                    break;
                case string text when value.Key == "Reason":
                    reason = text;
                    break;
                case string text when value.Key == "Endpoint":
                    endpoint = text;
                    break;
                default:
                    break;
            }
        }

        // A peer may send the same codes in a Close frame of its own; the words are this side's.
        if (s_faults.Contains(reason))
        {
            Volatile.Write(ref _breach, new ProtocolBreach(code, $"{endpoint}: {reason}"));
            Breached?.Invoke();
        }
    }
}
