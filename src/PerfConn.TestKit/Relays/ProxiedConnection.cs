using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.TestKit.Relays;

/// <summary>One client's connection through a proxy: two sockets, two relays, and the ways to cut them.</summary>
internal sealed class ProxiedConnection : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Socket _client;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly int? _bufferSize;
    private Socket? _server;
    private Relay? _toServer;
    private Relay? _toClient;
    private ITimer? _serverTimer;
    private ITimer? _clientTimer;
    private bool _isOver;

    public ProxiedConnection(Socket client, FaultProxyOptions options, int number)
    {
        _client = client;
        _time = options.TimeProvider;
        _random = new Random(unchecked((options.Seed * 31) + number));
        _bufferSize = options.SocketBufferSize;
    }

    /// <summary>Carries bytes both ways until both streams have ended or the connection has been cut. Never throws.</summary>
    public async Task RunAsync(EndPoint target, Direction toServer, Direction toClient, Func<CancellationToken, Task> released)
    {
        try
        {
            _client.NoDelay = true;
            await released(_ended.Token).ConfigureAwait(false);
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            Adopt(server);
            await server.ConnectAsync(target, _ended.Token).ConfigureAwait(false);
            (Relay up, Relay down) = Start(server, toServer, toClient);
            await Task.WhenAll(up.RunAsync(), down.RunAsync()).ConfigureAwait(false);
            Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The target is not there, or the proxy has been told to stop: the client must see a failure, not an orderly end.
            Reset();
        }
    }

    public void Apply(ProxyFaults? toServer, ProxyFaults? toClient)
    {
        lock (_lock)
        {
            Apply(_toServer, toServer, ref _serverTimer);
            Apply(_toClient, toClient, ref _clientTimer);
        }
    }

    public void Cut(Relay relay, CutKind kind)
    {
        switch (kind)
        {
            case CutKind.HalfClose:
                relay.HalfClose();
                break;
            case CutKind.Close:
                Close();
                break;
            default:
                Reset();
                break;
        }
    }

    /// <summary>Ends both directions with a FIN; the sockets go when both ends have ended theirs, or with the proxy.</summary>
    public void Close()
    {
        if (_toServer is null || _toClient is null)
        {
            Dispose();
            return;
        }

        _toServer.HalfClose();
        _toClient.HalfClose();
    }

    /// <summary>Ends both directions with a RST: that is what closing a socket with a linger time of zero sends.</summary>
    public void Reset() => End(linger: new LingerOption(enable: true, seconds: 0));

    public void Dispose() => End(linger: null);

    private void Adopt(Socket server)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                server.Dispose();
                throw new ObjectDisposedException(nameof(ProxiedConnection));
            }

            _server = server;
            if (_bufferSize is { } size)
            {
                server.ReceiveBufferSize = server.SendBufferSize = size;
            }
        }
    }

    private (Relay ToServer, Relay ToClient) Start(Socket server, Direction toServer, Direction toClient)
    {
        lock (_lock)
        {
            _toServer = new Relay(_client, server, toServer, this, _time, new Random(_random.Next()), _ended.Token);
            _toClient = new Relay(server, _client, toClient, this, _time, new Random(_random.Next()), _ended.Token);
            Arm(_toServer, toServer.Faults, ref _serverTimer);
            Arm(_toClient, toClient.Faults, ref _clientTimer);
            return (_toServer, _toClient);
        }
    }

    private void Apply(Relay? relay, ProxyFaults? faults, ref ITimer? timer)
    {
        if (relay is not null && faults is not null)
        {
            relay.Apply(faults);
            Arm(relay, faults, ref timer);
        }
    }

    private void Arm(Relay relay, ProxyFaults faults, ref ITimer? timer)
    {
        timer?.Dispose();
        timer = null;
        if (faults.CutAfter == TimeSpan.Zero)
        {
            Cut(relay, faults.CutBy);
        }
        else if (faults.CutAfter is { } after && !_isOver)
        {
            timer = _time.CreateTimer(_ => Cut(relay, faults.CutBy), null, after, Timeout.InfiniteTimeSpan);
        }
    }

    private void End(LingerOption? linger)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            _serverTimer?.Dispose();
            _clientTimer?.Dispose();
            if (linger is not null)
            {
                SetLinger(_client, linger);
                SetLinger(_server, linger);
            }

            _client.Dispose();
            _server?.Dispose();
        }

        _ended.Cancel();
    }

    private static void SetLinger(Socket? socket, LingerOption linger)
    {
        try
        {
            socket?.LingerState = linger;
        }
        catch (SocketException)
        {
            // It is not connected, or not any more: there is nobody to tell.
        }
    }
}
