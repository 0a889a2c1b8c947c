using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Tests.Transport.Sockets;

namespace PerfConn.Tests.Faults;

/// <summary>
/// A server on a real socket, TLS or not: it reads the request's head, answers 101 with whatever the test wants to be glued to it, hands the stream to the test's
/// script, and then reads until the client has gone.
/// </summary>
internal sealed class ScriptServer : IAsyncDisposable
{
    private readonly TcpListener _listener = Loopback.Listen();
    private readonly ConcurrentDictionary<Task, Socket> _serving = new();
    private readonly bool _tls;
    private readonly byte[] _glued;
    private readonly string? _extensions;
    private readonly Func<Stream, Task>? _script;
    private readonly Task _accepting;

    private ScriptServer(bool tls, byte[] glued, string? extensions, Func<Stream, Task>? script)
    {
        _tls = tls;
        _glued = glued;
        _extensions = extensions;
        _script = script;
        _accepting = AcceptAsync();
    }

    public int Port => _listener.Port();

    public string Url => $"{(_tls ? "wss" : "ws")}://localhost:{Port}/";

    public static ScriptServer Start(bool tls = false, byte[]? glued = null, Func<Stream, Task>? script = null, string? extensions = null) =>
        new(tls, glued ?? [], extensions, script);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach ((Task task, Socket socket) in _serving)
        {
            socket.Dispose();
            await task;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync();
                Task serving = ServeAsync(socket);
                _serving.TryAdd(serving, socket);
                _ = serving.ContinueWith(_ => _serving.TryRemove(serving, out Socket? _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            using Socket owned = socket;
            socket.NoDelay = true;
            await using Stream stream = await OpenAsync(socket);
            await stream.WriteAsync((byte[])[.. ThreeMessages.Accept(await ReadHeadAsync(stream), _extensions), .. _glued]);
            if (_script is not null)
            {
                await _script(stream);
            }

            byte[] rest = new byte[4096];
            while (await stream.ReadAsync(rest) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException or IndexOutOfRangeException)
        {
            // The client, or the proxy before it, has gone; the test looks at the client's side.
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        var stream = new NetworkStream(socket);
        if (!_tls)
        {
            return stream;
        }

        var secure = new SslStream(stream);

        // A resumed session would make some handshakes shorter than others, and a cut counted in bytes would fall elsewhere each time.
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Localhost, AllowTlsResume = false });
        return secure;
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        byte[] head = new byte[4096];
        int length = 0;
        while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int count = await stream.ReadAsync(head.AsMemory(length));
            length += count > 0 ? count : throw new IOException("the client has gone");
        }

        return Encoding.ASCII.GetString(head, 0, length);
    }
}
