using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport.Proxies;

namespace PerfConn.Transport.Sockets;

/// <summary>One connection attempt of the socket transport: addresses, race, proxy, TLS. It knows how far it has come.</summary>
/// <remarks>
/// For <see cref="ReceiveMode.Thread"/> everything after the name's resolution is done by blocking calls on borrowed threads, because one asynchronous call
/// would register the socket with the runtime's engine for good. The registered socket costs a wake-up of the engine for every arriving segment: 9 % of all
/// samples of a full line, and half as much again in the engine's own thread.
/// </remarks>
internal sealed class SocketDial(Endpoint endpoint, SocketTransportOptions options, AddressMemory memory)
{
    private readonly bool _blocks = endpoint.ReceiveMode != ReceiveMode.Async;
    private ConnectStage _stage;
    private ConnectRace? _race;
    private EndPoint? _remote;

    private Uri Url => endpoint.Url;

    /// <summary>Connects, or throws one typed error and leaves nothing open.</summary>
    public async Task<SocketTransport> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            Socket connected = socket = await ReachAsync(cancellationToken).ConfigureAwait(false);

            // Nothing but a proxy and TLS has anything to say after the connect, and to start a thread for nothing costs a reconnect 100 us and more.
            return _blocks && (endpoint.IsSecure || options.Proxy is not null)
                ? await BorrowedThread.RunAsync(connected, () => EstablishAsync(connected, cancellationToken), cancellationToken).ConfigureAwait(false)
                : await EstablishAsync(connected, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            if (cancellationToken.IsCancellationRequested)
            {
                throw new ConnectCanceledException(_stage, _stage == ConnectStage.Connecting ? _race?.Progress() : null, e, cancellationToken);
            }

            if (e is SocketException or IOException)
            {
                // Not the connect alone can fail: the peer may have reset what was just connected.
                throw SocketFailure.WhileConnecting(Url, e);
            }

            throw;
        }
    }

    /// <summary>A connected socket: to the endpoint, or to the proxy on the way to it.</summary>
    private async Task<Socket> ReachAsync(CancellationToken cancellationToken)
    {
        if (endpoint.UnixSocket is { } path)
        {
            return (await RaceAsync([new UnixDomainSocketEndPoint(path)], cancellationToken).ConfigureAwait(false)).Socket!;
        }

        (string host, int port) = options.Proxy is { } proxy ? (proxy.Host, proxy.Port) : (Url.IdnHost, Url.Port);
        try
        {
            return await ReachAsync(host, port, cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException e) when (options.Proxy is not null)
        {
            throw new ProxyException(Url, options.Proxy.Address, ProxyFailureReason.Unreachable, "could not be reached: " + e.Message, innerException: e);
        }
    }

    private async Task<Socket> ReachAsync(string host, int port, CancellationToken cancellationToken)
    {
        _stage = ConnectStage.Resolving;
        IPAddress? last = options.RemembersAddress ? memory.WinnerFor(host, port) : null;
        IReadOnlyList<IPAddress> addresses = AddressOrder.Of(
            await HostLookup.ResolveAsync(Url, host, options, cancellationToken).ConfigureAwait(false), options.FirstFamily, last);
        var targets = new EndPoint[addresses.Count];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = new IPEndPoint(addresses[i], port);
        }

        try
        {
            RaceResult winner = await RaceAsync(targets, cancellationToken).ConfigureAwait(false);
            if (options.RemembersAddress)
            {
                memory.Won(host, port, ((IPEndPoint)winner.Target).Address);
            }

            return winner.Socket!;
        }
        catch (ConnectException)
        {
            memory.Lost(host, port);
            throw;
        }
    }

    private async Task<RaceResult> RaceAsync(IReadOnlyList<EndPoint> targets, CancellationToken cancellationToken)
    {
        _stage = ConnectStage.Connecting;
        _race = new ConnectRace(options, _blocks);
        RaceResult winner = await _race.RunAsync(targets, cancellationToken).ConfigureAwait(false) ?? throw new ConnectException(Url, _race.Failures);
        _remote = winner.Target;
        return winner;
    }

    /// <summary>Everything after the connect. Where it blocks, it never awaits anything that is not complete.</summary>
    private async Task<SocketTransport> EstablishAsync(Socket socket, CancellationToken cancellationToken)
    {
        if (_blocks)
        {
            // Not before the connect, which it would bound too.
            socket.SendTimeout = (int)Math.Min(int.MaxValue, options.SendTimeout.TotalMilliseconds);
        }

        if (options.Proxy is { } proxy && endpoint.UnixSocket is null)
        {
            _stage = ConnectStage.Proxy;
            await ProxyTunnel.OpenAsync(socket, proxy, Url, _blocks, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        ArrivalClock? arrivals = ArrivalsOf(socket);
        if (!_blocks && !endpoint.IsSecure)
        {
            socket.Blocking = false;
            return new SocketTransport(socket, _remote, new SocketPipeReader(socket, Url, options.Pool, arrivals), new SocketPipeWriter(socket));
        }

        NetworkStream stream = ReadStream(socket, arrivals);
        if (endpoint.IsSecure)
        {
            _stage = ConnectStage.Tls;
            SslStream secure = await new TlsHandshake(Url, options.Tls).PerformAsync(stream, _blocks, cancellationToken).ConfigureAwait(false);
            return _blocks ? Blocking(socket, secure, stream as DirectSocketStream) : new SocketTransport(socket, _remote, secure, new StreamPipeReader(secure, Url, options.Pool));
        }

        return Blocking(socket, stream, stream as DirectSocketStream);
    }

    private SocketTransport Blocking(Socket socket, Stream stream, DirectSocketStream? direct) =>
        new(socket, _remote, stream, new BlockingPipeReader(stream, socket, Url, options.Pool, direct), new BlockingWriteStream(stream, socket));

    /// <summary>Null where no times are wanted, or none can be had: the reads of a TLS stream on the thread pool are the framework's own.</summary>
    private ArrivalClock? ArrivalsOf(Socket socket)
    {
        if (!options.KernelTimestamps || !NativeReceive.IsSupported || (endpoint.IsSecure && !_blocks))
        {
            return null;
        }

        NativeReceive.EnableTimestamps(socket);
        return new ArrivalClock(options.TimeProvider);
    }

    private NetworkStream ReadStream(Socket socket, ArrivalClock? arrivals) =>
        _blocks && NativeReceive.IsSupported && (arrivals is not null || endpoint.ReceiveMode == ReceiveMode.Spin)
            ? new DirectSocketStream(socket, endpoint.ReceiveMode == ReceiveMode.Spin ? endpoint.Idle : null, arrivals, options.TimeProvider)
            : new NetworkStream(socket, ownsSocket: true);
}
