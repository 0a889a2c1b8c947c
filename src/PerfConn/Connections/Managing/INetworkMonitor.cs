using System;

namespace PerfConn.Connections.Managing;

/// <summary>Who tells of changes in this machine's network.</summary>
public interface INetworkMonitor
{
    /// <summary>Asks to be told.</summary>
    /// <param name="changed">Called at each change with whether there is a network; on any thread.</param>
    /// <returns>Dispose it to hear no more.</returns>
    IDisposable Watch(Action<bool> changed);
}
