using System;
using System.Collections.Concurrent;
using System.Threading;

namespace PerfConn.Lab.Server;

/// <summary>
/// Connections that begin together. Those of a contestant with many lines wait here until the last one is there: a client that already has to drain the first
/// would never come to open the last.
/// </summary>
internal static class Gathering
{
    private static readonly ConcurrentDictionary<string, CountdownEvent> s_groups = new(StringComparer.Ordinal);

    /// <summary>Returns when as many have come as were announced, or when they take too long.</summary>
    public static void Join(string name, int members)
    {
        CountdownEvent group = s_groups.GetOrAdd(name, static (_, count) => new CountdownEvent(count), members);
        group.Signal();
        group.Wait(TimeSpan.FromSeconds(30));
    }
}
