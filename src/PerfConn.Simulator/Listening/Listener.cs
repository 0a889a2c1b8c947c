using System;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;

namespace PerfConn.Simulator.Listening;

/// <summary>Accepts TCP connections on the loopback address, with TLS where there is a certificate.</summary>
internal sealed class Listener : IDisposable
{
    /// <summary>
    /// Kernel send buffer in bytes. Left to itself the kernel queues up to 4 MiB of ticks, and an answer behind them: acknowledgements to a client
    /// under full load then came after 7-10 ms instead of 1-3 ms, at the same throughput (README, Figures).
    /// </summary>
    private const int SendBufferSize = 128 * 1024;

    private readonly Socket _socket;
    private readonly Uri _address;
    private readonly ServerCertificate? _certificate;
    private readonly BlockPool _blocks;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;

    public Listener(int port, ServerCertificate? certificate, BlockPool blocks, TimeProvider time, TimeSpan patience)
    {
        _certificate = certificate;
        _blocks = blocks;
        _time = time;
        _patience = patience;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _socket.Listen(1024);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _address = new Uri("ws://127.0.0.1:" + Port.ToString(CultureInfo.InvariantCulture));
    }

    public int Port { get; }

    public void Dispose() => _socket.Dispose();

    /// <summary>Hands each connection to <paramref name="serve"/>, until stopped.</summary>
    public async Task AcceptAsync(Func<ITransport, Task> serve, TaskTracker connections, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode is not SocketError.OperationAborted)
            {
                // The peer was gone before it was accepted.
                continue;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }

#pragma warning disable CA2025 // The socket goes to the task, or, when there is none, to its end.
            if (!connections.TryRun(() => OpenAsync(socket, serve, cancellationToken), out _))
            {
                socket.Dispose();
            }
#pragma warning restore CA2025
        }
    }

    private async Task OpenAsync(Socket socket, Func<ITransport, Task> serve, CancellationToken cancellationToken)
    {
        ITransport transport;
        try
        {
            socket.NoDelay = true;
            socket.SendBufferSize = SendBufferSize;
            transport = _certificate is null ? Plain(socket) : await SecureAsync(socket, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A peer that fails at TLS, or is gone already.
            socket.Dispose();
            return;
        }

        await serve(transport).ConfigureAwait(false);
    }

    private SocketTransport Plain(Socket socket)
    {
        // The stream insists on a blocking socket when it is made; the reader wants a non-blocking one.
        var stream = new NetworkStream(socket, ownsSocket: true);
        socket.Blocking = false;
        return new SocketTransport(socket, socket.RemoteEndPoint, stream, new SocketPipeReader(socket, _address, _blocks));
    }

    private async Task<SocketTransport> SecureAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _certificate!.Certificate, AllowRenegotiation = false },
                either.Token).ConfigureAwait(false);
            return new SocketTransport(socket, socket.RemoteEndPoint, stream, new StreamPipeReader(stream, _address, _blocks));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
