using System;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace PerfConn.Tool.Running;

/// <summary>Listens to a line's log and keeps the last thing that went wrong, for the live table.</summary>
internal sealed class LineEvents : ILogger
{
    private string? _last;

    /// <summary>The last warning, in one line; null when all is well, again or still.</summary>
    public string? Last => Volatile.Read(ref _last);

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
    }
}
