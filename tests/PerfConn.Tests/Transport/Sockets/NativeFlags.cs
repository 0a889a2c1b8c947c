using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Reflection;
using PerfConn.Transport;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>
/// What the kernel knows of a socket. The runtime's engine makes a socket non-blocking with the first asynchronous call, and never gives it back: a blocking one has
/// not met the engine.
/// </summary>
internal static class NativeFlags
{
    private const int NonBlocking = 0x800;

    public static Socket SocketOf(ITransport transport) =>
        (Socket)transport.GetType().GetField("_socket", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(transport)!;

    /// <summary>O_NONBLOCK in /proc/self/fdinfo, where the flags stand in octal.</summary>
    public static bool IsNonBlocking(ITransport transport)
    {
        string info = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{SocketOf(transport).Handle}"));
        string flags = info.Split('\n').Single(line => line.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..].Trim();
        return (Convert.ToInt32(flags, 8) & NonBlocking) != 0;
    }
}
