using System;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PerfConn.Tests.Tool;

/// <summary>ASP.NET Core's WebSocket server, which nobody here wrote, with a script for each connection.</summary>
internal sealed class TickServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop;
    private int _connections;

    private TickServer(WebApplication app, CancellationTokenSource stop)
    {
        _app = app;
        _stop = stop;
    }

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public string Url { get; private set; } = "";

    /// <summary>Starts a server; the script gets the socket, the number of the connection from 1, and a token that ends with the server.</summary>
    public static async Task<TickServer> StartAsync(Func<WebSocket, int, CancellationToken, Task> script, bool tls = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        using X509Certificate2? certificate = tls ? MakeCertificate() : null;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (tls)
            {
                listen.UseHttps(X509CertificateLoader.LoadPkcs12(certificate!.Export(X509ContentType.Pfx), password: null));
            }
        }));
        WebApplication app = builder.Build();
        var stop = new CancellationTokenSource();
        var server = new TickServer(app, stop);
        app.UseWebSockets();
        app.Map("/", async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await ServeAsync(server, script, socket);
        });
        await app.StartAsync();
        string address = string.Join(',', app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
        server.Url = address.Replace("https://127.0.0.1", "wss://localhost", StringComparison.Ordinal).Replace("http://", "ws://", StringComparison.Ordinal) + "/";
        return server;
    }

    /// <summary>A book ticker that carries an event time.</summary>
    public static string Tick(string symbol, long updateId, long eventTime = 0) =>
        $"{{\"u\":{updateId},\"s\":\"{symbol}\",\"b\":\"25.35190000\",\"B\":\"31.21000000\",\"a\":\"25.36520000\",\"A\":\"40.66000000\",\"E\":{eventTime}}}";

    public static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public static async Task SendTicksAsync(WebSocket socket, int count, int from = 1)
    {
        for (int i = from; i < from + count; i++)
        {
            await SendAsync(socket, Tick(i % 2 == 0 ? "ETHUSDT" : "BTCUSDT", i));
        }
    }

    /// <summary>Reads until the peer's Close frame, and answers it.</summary>
    public static async Task AwaitCloseAsync(WebSocket socket, CancellationToken stop)
    {
        byte[] buffer = new byte[1024];
        while ((await socket.ReceiveAsync(buffer, stop)).MessageType != WebSocketMessageType.Close)
        {
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>A script that ends without a Close frame leaves the connection to end without one.</summary>
    private static async Task ServeAsync(TickServer server, Func<WebSocket, int, CancellationToken, Task> script, WebSocket socket)
    {
        try
        {
            await script(socket, Interlocked.Increment(ref server._connections), server._stop.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The peer left in the middle of the script, or the test is over.
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }
}
