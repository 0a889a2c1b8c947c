using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Lab.Server;

namespace PerfConn.Lab.Contestants;

/// <summary>The framework's client, connected.</summary>
internal static class FrameworkClient
{
    public static async Task<ClientWebSocket> ConnectAsync(ContestantArguments arguments)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        socket.Options.DangerousDeflateOptions = arguments.Deflate == ShapeDeflate.None
            ? null
            : new WebSocketDeflateOptions { ServerContextTakeover = arguments.Deflate == ShapeDeflate.Kept };
        await socket.ConnectAsync(arguments.Url, CancellationToken.None);
        return socket;
    }
}
