using PerfConn.Tool.Running;
using PerfConn.Transport;

namespace PerfConn.Tool.Commands;

/// <summary>What <c>--receive</c> says.</summary>
internal static class ReceiveChoice
{
    /// <exception cref="UsageException">It does not go with the framework's client.</exception>
    public static ReceiveMode Read(string choice, bool usesClientWebSocket)
    {
        ReceiveMode mode = choice switch
        {
            "thread" => ReceiveMode.Thread,
            "spin" => ReceiveMode.Spin,
            _ => ReceiveMode.Async,
        };
        return mode == ReceiveMode.Async || !usesClientWebSocket
            ? mode
            : throw new UsageException($"--receive {choice} needs --transport socket: ClientWebSocket has no read that blocks or polls");
    }
}
