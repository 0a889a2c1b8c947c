using System;
using System.Linq;
using System.Net;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PerfConn.Tests.Transport.Sockets;

namespace PerfConn.Tests.Transport;

/// <summary>ASP.NET Core's WebSocket server on a free loopback port: a peer that nobody here wrote.</summary>
internal sealed class AspNetServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AspNetServer(WebApplication app, string scheme, int port)
    {
        _app = app;
        Url = $"{scheme}://localhost:{port}/ws?token=canary";
    }

    public string Url { get; }

    /// <summary>Starts a server that upgrades each request and lets <paramref name="serve"/> have the socket.</summary>
    public static Task<AspNetServer> StartAsync(Func<WebSocket, CancellationToken, Task> serve, bool tls = false, string? subprotocol = null) =>
        StartHttpAsync(
            async context =>
            {
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(subprotocol);
                await serve(socket, context.RequestAborted);
            },
            tls);

    /// <summary>Starts a server that answers each request as <paramref name="answer"/> does.</summary>
    /// <param name="answer">Answers one request.</param>
    /// <param name="tls">Whether it speaks TLS, with the test certificate of localhost.</param>
    /// <param name="protocols">The versions of HTTP that it speaks.</param>
    /// <param name="secure">Whether it speaks TLS by settings of the test's own; these name the certificate.</param>
    public static async Task<AspNetServer> StartHttpAsync(
        RequestDelegate answer, bool tls = false, HttpProtocols protocols = HttpProtocols.Http1, Action<HttpsConnectionAdapterOptions>? secure = null)
    {
        secure ??= tls ? static https => https.ServerCertificate = TestCertificates.Localhost : null;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => Secure(listen, secure, protocols)));
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.Run(answer);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new AspNetServer(app, secure is null ? "ws" : "wss", new Uri(address).Port);
    }

    /// <summary>Echoes messages, fragment by fragment, until the client closes, and answers its close.</summary>
    public static async Task EchoAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[5000];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(received.CloseStatus ?? WebSocketCloseStatus.NormalClosure, received.CloseStatusDescription, cancellationToken);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static void Secure(ListenOptions listen, Action<HttpsConnectionAdapterOptions>? secure, HttpProtocols protocols)
    {
        // HTTP/1.1 alone unless asked otherwise: the upgrade of RFC 6455 is one of that version.
        listen.Protocols = protocols;
        if (secure is not null)
        {
            listen.UseHttps(secure);
        }
    }
}
