using System;

namespace PerfConn.Transport.WebSockets;

/// <summary>
/// The oldest runtime whose <see cref="System.Net.WebSockets.ClientWebSocket"/> a hostile peer cannot put into an endless loop: 10.0.11
/// (CVE-2026-62901, dotnet/announcements#428). PerfConn's own framing is not concerned.
/// </summary>
internal static class RuntimeFloor
{
    public static Version Oldest { get; } = new(10, 0, 11);

    /// <exception cref="PlatformNotSupportedException">The runtime is older; names both versions.</exception>
    public static void Check(Version runtime)
    {
        if (runtime < Oldest)
        {
            throw new PlatformNotSupportedException(
                $"The ClientWebSocket transport needs .NET {Oldest} or later (CVE-2026-62901); this is {runtime}. The socket transport is not concerned.");
        }
    }
}
