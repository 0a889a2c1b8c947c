using System;

namespace PerfConn.SimulationTests.Time;

/// <summary>Something that is going to happen, unless it is cancelled.</summary>
internal sealed class VirtualEvent(Action action)
{
    public Action? Action { get; private set; } = action;

    public required long Due { get; init; }

    public void Cancel() => Action = null;
}
