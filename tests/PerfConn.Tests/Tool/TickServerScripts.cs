using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Tool;

/// <summary>Scripts that several tests share.</summary>
internal static class TickServerScripts
{
    /// <summary>Says nothing, and leaves when the peer does.</summary>
    public static Task Quiet(WebSocket socket, int connection, CancellationToken stop) => TickServer.AwaitCloseAsync(socket, stop);
}
