using System.Collections.Generic;
using System.CommandLine;
using PerfConn.Connections;
using PerfConn.Framing;
using PerfConn.Tool.Running;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;

namespace PerfConn.Tool.Commands;

/// <summary>The options of commands that run lines of plain messages: how these are carried and read.</summary>
internal sealed class PlainLineOptions
{
    /// <summary>Autobahn's largest messages are 16 MiB; twice that leaves room for whoever tries more.</summary>
    private const int MaxMessageSize = 32 * 1024 * 1024;

    /// <summary>Autobahn sends 4 MiB in fragments of 64 bytes.</summary>
    private const int MaxFragments = 1024 * 1024;

    private readonly Option<string> _transport = ChoiceOption.Create(
        "--transport", "PerfConn's own socket transport, or the framework's client below it", "socket", "socket", "clientwebsocket");

    private readonly Option<string> _receive = ChoiceOption.Create("--receive", "how the socket is read", "async", "async", "thread", "spin");

    private readonly Option<bool> _insecure = new("--insecure-certificates") { Description = "accept any certificate from anybody; for tests only" };

    public IEnumerable<Option> All => [_transport, _receive, _insecure];

    /// <exception cref="UsageException">The choices do not go together.</exception>
    public LineOptions Read(ParseResult parsed)
    {
        bool isClientWebSocket = parsed.GetValue(_transport) == "clientwebsocket";
        ReceiveMode mode = ReceiveChoice.Read(parsed.GetValue(_receive)!, isClientWebSocket);

        bool acceptsAny = parsed.GetValue(_insecure);
        return new LineOptions
        {
            Transport = isClientWebSocket
                ? new ClientWebSocketTransportFactory(new ClientWebSocketTransportOptions { DangerouslyAcceptAnyCertificate = acceptsAny })
                : new SocketTransportFactory(new SocketTransportOptions { Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = acceptsAny } }),
            ReceiveMode = mode,
            Limits = new FrameLimits { MaxMessageSize = MaxMessageSize, MaxFragments = MaxFragments },
            Reconnect = null,
        };
    }
}
