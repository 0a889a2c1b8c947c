using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Tests.Transport.Sockets;

namespace PerfConn.Tests.Transport.Proxies;

/// <summary>A proxy that does what the test says to each connection in turn, and keeps what it was asked.</summary>
internal sealed class ScriptedProxy : IDisposable
{
    private readonly TcpListener _listener = Loopback.Listen();
    private readonly Func<ScriptedProxy, Socket, Task> _serve;

    public ScriptedProxy(Func<ScriptedProxy, Socket, Task> serve)
    {
        _serve = serve;
        Serving = ServeAsync();
    }

    public Task Serving { get; }

    public List<byte> Asked { get; } = [];

    public Uri Http => new($"http://127.0.0.1:{_listener.Port()}");

    public Uri Socks => new($"socks5://127.0.0.1:{_listener.Port()}");

    /// <summary>An HTTP proxy that tunnels to a port of this machine, with bytes glued to its answer.</summary>
    public static ScriptedProxy HttpTo(int port, string answer = "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n", string glued = "") =>
        new(async (proxy, socket) =>
        {
            await proxy.ReadHeadAsync(socket);
            await socket.SendAsync(Encoding.Latin1.GetBytes(answer + glued));
            await PumpAsync(socket, port);
        });

    /// <summary>A SOCKS5 proxy that tunnels to a port of this machine.</summary>
    public static ScriptedProxy SocksTo(int port, bool withPassword = false, string glued = "") =>
        new(async (proxy, socket) =>
        {
            await proxy.ReadAsync(socket, withPassword ? 4 : 3);
            await socket.SendAsync(withPassword ? [5, 2] : new byte[] { 5, 0 });
            if (withPassword)
            {
                byte[] head = await proxy.ReadAsync(socket, 2);
                byte[] name = await proxy.ReadAsync(socket, head[1] + 1);
                await proxy.ReadAsync(socket, name[^1]);
                await socket.SendAsync(new byte[] { 1, 0 });
            }

            byte[] request = await proxy.ReadAsync(socket, 5);
            await proxy.ReadAsync(socket, request[3] switch { 1 => 5, 4 => 17, _ => request[4] + 2 });
            await socket.SendAsync((byte[])[5, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(glued)]);
            await PumpAsync(socket, port);
        });

    public async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int got = await socket.ReceiveAsync(bytes.AsMemory(read), Deadline.Token);
            if (got == 0)
            {
                throw new InvalidOperationException($"the client left after {read} of {count} bytes");
            }

            read += got;
        }

        Asked.AddRange(bytes);
        return bytes;
    }

    public async Task<string> ReadHeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(Encoding.Latin1.GetString(await ReadAsync(socket, 1)));
        }

        return head.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static async Task PumpAsync(Socket client, int port)
    {
        using var target = new TcpClient();
        await target.ConnectAsync("127.0.0.1", port);
        await Task.WhenAll(PumpAsync(client, target.Client), PumpAsync(target.Client, client));
    }

    /// <summary>One direction, with its end; where the other end has gone with a reset it is over too.</summary>
    private static async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var destination = new NetworkStream(to);
            await source.CopyToAsync(destination);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private async Task ServeAsync()
    {
        using Socket socket = await _listener.AcceptSocketAsync();
        socket.NoDelay = true;
        await _serve(this, socket);
    }
}
