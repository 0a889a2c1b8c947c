using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Interop.Namespaces;

/// <summary>A server by the runtime's WebSocket: it lets everybody in, reads and forgets, answers pings, and says nothing by itself.</summary>
internal sealed class QuietServer : IDisposable
{
    private readonly TcpListener _listener;
    private int _received;

    private QuietServer(IPAddress address)
    {
        _listener = new TcpListener(address, 0);
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Messages received, over all connections.</summary>
    public int Received => Volatile.Read(ref _received);

    public static QuietServer Start(IPAddress address)
    {
        var server = new QuietServer(address);
        _ = server.AcceptAsync();
        return server;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The scenario is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using TcpClient owned = client;
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + AcceptFor(await ReadKeyAsync(stream)) + "\r\n\r\n"));
            using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
            byte[] buffer = new byte[64 * 1024];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
                Interlocked.Increment(ref _received);
            }
        }
        catch (Exception e) when (e is IOException or WebSocketException or SocketException or ObjectDisposedException)
        {
            // Cut off, which is what the scenario is for.
        }
    }

    private static async Task<string> ReadKeyAsync(NetworkStream stream)
    {
        var reader = new StreamReader(stream, Encoding.ASCII, false, 1, leaveOpen: true);
        string key = "";
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            key = line.StartsWith("Sec-WebSocket-Key: ", StringComparison.OrdinalIgnoreCase) ? line[19..] : key;
        }

        return key;
    }

#pragma warning disable CA5350 // RFC 6455 section 1.3 prescribes SHA-1.
    private static string AcceptFor(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
}
