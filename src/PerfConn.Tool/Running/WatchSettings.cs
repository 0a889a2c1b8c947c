using System;
using System.Collections.Generic;
using PerfConn.Transport;

namespace PerfConn.Tool.Running;

/// <summary>What <c>watch</c> was asked to do.</summary>
internal sealed record WatchSettings
{
    public required Endpoint Endpoint { get; init; }

    /// <summary>Streams to subscribe to; none sends nothing.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    public ReceiveMode ReceiveMode { get; init; }

    /// <summary>Whether ticks go through a lane instead of being handled on the receive loop.</summary>
    public bool UsesLane { get; init; }

    public bool UsesClientWebSocket { get; init; }

    /// <summary>When to end; null for never.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Data messages after which to end; null for any number.</summary>
    public long? Frames { get; init; }

    /// <summary>Whether to end at the first close instead of reconnecting.</summary>
    public bool Once { get; init; }

    public EventTimeField? EventTime { get; init; }

    public bool AcceptsAnyCertificate { get; init; }

    /// <summary>Where the stage times go at the end; null for nowhere, and nothing is measured.</summary>
    public StageFile? Stages { get; init; }

    public bool Json { get; init; }
}
