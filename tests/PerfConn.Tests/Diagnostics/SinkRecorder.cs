using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.Tracing;
using System.Linq;
using Microsoft.Extensions.Logging;

namespace PerfConn.Tests.Diagnostics;

/// <summary>Everything that a process can be heard saying: log messages at every level, and the events of the runtime's network layers.</summary>
internal sealed class SinkRecorder : EventListener, ILogger
{
    private readonly ConcurrentQueue<string> _heard = new();

    public IReadOnlyCollection<string> Heard => _heard;

    public int Logged { get; private set; }

    public void Add(object? said) => _heard.Enqueue(said?.ToString() ?? "");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Logged++;
        Add(formatter(state, exception));
        Add(exception);
        if (state is IEnumerable<KeyValuePair<string, object?>> fields)
        {
            foreach (KeyValuePair<string, object?> field in fields)
            {
                Add(field.Value);
            }
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        // Not the runtime's private diagnostics: those dump buffers, and say so.
        if (eventSource.Name.StartsWith("System.Net.", StringComparison.Ordinal) || eventSource.Name.StartsWith("PerfConn", StringComparison.Ordinal))
        {
            EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
        _heard?.Enqueue($"{eventData.EventSource.Name}/{eventData.EventName}: {string.Join(", ", eventData.Payload?.Select(value => value?.ToString()) ?? [])}");
}
