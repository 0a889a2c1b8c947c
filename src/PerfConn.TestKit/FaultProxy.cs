using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.TestKit.Relays;

namespace PerfConn.TestKit;

/// <summary>
/// A TCP proxy on 127.0.0.1 that spoils what goes through it: late, slow, in pieces, cut, reset, swallowed, refused. It carries plain bytes, so TLS,
/// WebSocket and anything else go through it alike. All faults can be changed while connections are open.
/// </summary>
/// <remarks>
/// Thread-safe. Buffers are bounded: some 256 KiB per direction of a connection beside the kernel's, so an end that does not read stops the other from sending.
/// Time is that of the options. Disposing closes everything by a reset and leaves no socket.
/// </remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly EndPoint _target;
    private readonly FaultProxyOptions _options;
    private readonly Direction _toServer;
    private readonly Direction _toClient;
    private readonly Dictionary<ProxiedConnection, Task> _open = [];
    private readonly List<Task> _listening = [];
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket _listener;
    private AcceptMode _accepting;
    private long _accepted;
    private bool _isDisposed;

    private FaultProxy(EndPoint target, FaultProxyOptions options)
    {
        _target = target;
        _options = options;
        _toServer = new Direction(options.ToServer);
        _toClient = new Direction(options.ToClient);
        _listener = Bind(options.Port);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        Listen();
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What befalls bytes on their way to the server. A new value holds at once for all connections, open and future.</summary>
    public ProxyFaults ToServer
    {
        get => _toServer.Faults;
        set => Set(value, null);
    }

    /// <summary>What befalls bytes on their way to the client. A new value holds at once for all connections, open and future.</summary>
    public ProxyFaults ToClient
    {
        get => _toClient.Faults;
        set => Set(null, value);
    }

    /// <summary>What becomes of new connections. Default: they are carried on.</summary>
    public AcceptMode Accepting
    {
        get => _accepting;
        set => SetAccepting(value);
    }

    /// <summary>What it has seen so far.</summary>
    public FaultProxyStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new FaultProxyStatistics(_accepted, _open.Count, _toServer.Received, _toServer.Sent, _toClient.Received, _toClient.Sent);
            }
        }
    }

    /// <summary>Starts a proxy in front of a server.</summary>
    /// <param name="target">The server. It need not be there: clients are then reset.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public static FaultProxy Start(EndPoint target, FaultProxyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new FaultProxy(target, options ?? new FaultProxyOptions());
    }

    /// <summary>Starts a proxy in front of a server on this machine.</summary>
    /// <param name="targetPort">The server's port on 127.0.0.1.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public static FaultProxy Start(int targetPort, FaultProxyOptions? options = null) => Start(new IPEndPoint(IPAddress.Loopback, targetPort), options);

    /// <summary>The same address by way of this proxy: only the port changes, so a certificate for <c>localhost</c> still fits.</summary>
    public string Through(string url) => new UriBuilder(url) { Port = EndPoint.Port }.Uri.ToString();

    /// <summary>Swallows everything both ways from now on: for either end the other has vanished without a word.</summary>
    public void BlackHole() => Set(new ProxyFaults { Flow = ProxyFlow.Swallow }, new ProxyFaults { Flow = ProxyFlow.Swallow });

    /// <summary>Takes all faults back. What has been cut stays cut.</summary>
    public void Heal()
    {
        Set(ProxyFaults.None, ProxyFaults.None);
        Accepting = AcceptMode.Relay;
    }

    /// <summary>Cuts all open connections now; new ones are accepted as before.</summary>
    public void CutAll(CutKind kind)
    {
        foreach (ProxiedConnection connection in Snapshot())
        {
            if (kind == CutKind.Reset)
            {
                connection.Reset();
            }
            else
            {
                connection.Close();
            }
        }
    }

    /// <summary>Resets everything and waits until nothing is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_lock)
        {
            _isDisposed = true;
            _listener.Dispose();
        }

        foreach (ProxiedConnection connection in Snapshot())
        {
            connection.Reset();
        }

        lock (_lock)
        {
            tasks = [.. _listening, .. _open.Values];
        }

        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private void Set(ProxyFaults? toServer, ProxyFaults? toClient)
    {
        lock (_lock)
        {
            _toServer.Faults = toServer ?? _toServer.Faults;
            _toClient.Faults = toClient ?? _toClient.Faults;
            foreach (ProxiedConnection connection in _open.Keys)
            {
                connection.Apply(toServer, toClient);
            }
        }
    }

    private void SetAccepting(AcceptMode mode)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            AcceptMode before = _accepting;
            _accepting = mode;
            if (mode == AcceptMode.Refuse && before != AcceptMode.Refuse)
            {
                // A socket that is bound and does not listen refuses, and keeps the port from others.
                _listener.Dispose();
                _listener = Bind(EndPoint.Port);
            }
            else if (mode != AcceptMode.Refuse && before == AcceptMode.Refuse)
            {
                Listen();
            }

            if (mode == AcceptMode.Relay)
            {
                Interlocked.Exchange(ref _released, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            }
        }
    }

    private void Listen()
    {
        if (_options.SocketBufferSize is { } size)
        {
            // Accepted sockets inherit these, and a receive window is agreed on while connecting.
            _listener.ReceiveBufferSize = _listener.SendBufferSize = size;
        }

        _listener.Listen();
        _listening.RemoveAll(task => task.IsCompleted);
        _listening.Add(AcceptAsync(_listener));
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Serve(await listener.AcceptAsync().ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has been told to refuse, or to stop.
        }
    }

    private void Serve(Socket client)
    {
        lock (_lock)
        {
            var connection = new ProxiedConnection(client, _options, (int)++_accepted);
            if (_isDisposed)
            {
                connection.Reset();
                return;
            }

            _open.Add(connection, Task.CompletedTask);
            _open[connection] = Task.Run(async () =>
            {
                await connection.RunAsync(_target, _toServer, _toClient, ReleasedAsync).ConfigureAwait(false);
                lock (_lock)
                {
                    _open.Remove(connection);
                }
            });
        }
    }

    private async Task ReleasedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource released = Volatile.Read(ref _released);
            if (Accepting != AcceptMode.Hold)
            {
                return;
            }

            await released.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private List<ProxiedConnection> Snapshot()
    {
        lock (_lock)
        {
            return [.. _open.Keys];
        }
    }
}
