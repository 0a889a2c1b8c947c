using System;
using PerfConn.Connections;
using PerfConn.Framing.WebSocket;
using PerfConn.Lab.Server;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;

namespace PerfConn.Lab.Contestants;

/// <summary>A line's defaults, but for what the contestant was told, a certificate that nobody knows, and no second try.</summary>
internal static class PerfConnOptions
{
    public static LineOptions Of(ContestantArguments arguments) => new()
    {
        ReceiveMode = arguments.Mode,
        Idle = arguments.Text("--idle", "busy") switch
        {
            "yield" => IdleStrategy.Yield(100),
            "park" => IdleStrategy.Park(TimeSpan.FromMicroseconds(50)),
            _ => IdleStrategy.Busy,
        },
        Processor = arguments.Processor,
        Reconnect = null,

        // The server sends the same megabyte again and again: from the second time on its numbers would be old ones. What looking at them costs is told by "stages".
        Sequencing = false,
        Transport = TransportOf(arguments),
        Framing = FramingOf(arguments.Deflate),
    };

    private static ITransportFactory TransportOf(ContestantArguments arguments) => arguments.Text("--transport", "socket") == "clientwebsocket"
        ? new ClientWebSocketTransportFactory()
        : new SocketTransportFactory(new SocketTransportOptions { Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } });

    private static WebSocketFraming FramingOf(ShapeDeflate deflate) => deflate == ShapeDeflate.None
        ? WebSocketFraming.Default
        : new WebSocketFraming { Deflate = new DeflateOptions { ServerContextTakeover = deflate == ShapeDeflate.Kept } };
}
