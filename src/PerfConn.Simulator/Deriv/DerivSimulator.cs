using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Simulator.Handshake;
using PerfConn.Simulator.Listening;
using PerfConn.Transport;

namespace PerfConn.Simulator.Deriv;

/// <summary>
/// Deriv's API inside the process, as far as a connection manager meets it: <c>ping</c>, <c>authorize</c>, <c>ticks</c> once or as a stream, <c>buy</c>, <c>forget</c>, <c>forget_all</c>, and the errors of
/// each, with <c>echo_req</c> first, <c>req_id</c> and subscription ids that are good on one connection only (developers.deriv.com; schema binary-com/websockets config/v3).
/// </summary>
/// <remarks>Thread-safe. Ticks come when they are asked for (<see cref="TickAsync"/>), never by themselves.</remarks>
public sealed class DerivSimulator : IAsyncDisposable
{
    private readonly BlockPool _blocks = new();
    private readonly Listener? _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskTracker _connections = new();
    private readonly ConcurrentDictionary<DerivSession, bool> _sessions = new();
    private readonly ConcurrentQueue<string> _targets = new();
    private readonly ConcurrentDictionary<string, bool> _mislaid = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _delisted = new(StringComparer.Ordinal);
    private long _lastId;

    /// <summary>Starts it.</summary>
    /// <param name="options">What it is to be like; null for the defaults.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public DerivSimulator(DerivSimulatorOptions? options = null)
    {
        Options = options ?? new DerivSimulatorOptions();
        if (Options.Listen)
        {
            _listener = new Listener(Options.Port, null, _blocks, Options.TimeProvider, Options.PatienceTimeout);
            _connections.TryRun(() => _listener.AcceptAsync(transport => ServeToEndAsync(transport, CancellationToken.None), _connections, _stop.Token), out _);
        }

        Url = new Uri("ws://127.0.0.1:" + (_listener?.Port ?? 0).ToString(CultureInfo.InvariantCulture) + "/websockets/v3");
    }

    /// <summary>Its address.</summary>
    public Uri Url { get; }

    /// <summary>Connections open now.</summary>
    public int Connections => _sessions.Count;

    /// <summary>Paths and queries of all connections so far, in their order.</summary>
    public IReadOnlyList<string> Targets => [.. _targets];

    internal DerivSimulatorOptions Options { get; }

    /// <summary>Requests of a kind so far, on all connections.</summary>
    /// <param name="kind">The request's own field, such as forget.</param>
    public int RequestsOf(string kind) => _requests.GetValueOrDefault(kind);

    /// <summary>Streams of a symbol, on all connections.</summary>
    public int StreamsOf(string symbol) => _sessions.Keys.Sum(session => session.StreamsOf(symbol));

    /// <summary>Takes a symbol out of the market: it cannot be subscribed to any more.</summary>
    public void Delist(string symbol) => _delisted[symbol] = true;

    /// <summary>The next request of a kind is not answered.</summary>
    /// <param name="kind">The request's own field, such as forget.</param>
    /// <param name="isCarriedOut">Whether it is carried out all the same: it is then the answer that was lost, otherwise the request.</param>
    public void Mislay(string kind, bool isCarriedOut) => _mislaid[kind] = isCarriedOut;

    /// <summary>Sends a tick to everybody who has subscribed to the symbol; completes when it has been written.</summary>
    public Task TickAsync(string symbol, decimal quote) => Task.WhenAll(_sessions.Keys.Select(session => session.TickAsync(symbol, quote)));

    /// <summary>Cuts all connections without a word.</summary>
    public void Cut()
    {
        foreach (DerivSession session in _sessions.Keys)
        {
            session.Cut();
        }
    }

    /// <summary>Serves one connection that was not accepted from the socket, to its end.</summary>
    /// <param name="transport">The server's end, of bytes; disposed of at the end.</param>
    /// <param name="cancellationToken">Cuts it.</param>
    public Task ServeAsync(ITransport transport, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return _connections.TryRun(() => ServeToEndAsync(transport, cancellationToken), out Task serving)
            ? serving
            : throw new ObjectDisposedException(nameof(DerivSimulator));
    }

    /// <summary>Stops listening, cuts what is open, and waits until nothing runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _connections.CloseAsync().ConfigureAwait(false);
    }

    internal bool HasSymbol(string symbol) => Options.Symbols.Contains(symbol, StringComparer.Ordinal) && !_delisted.ContainsKey(symbol);

    internal bool TryMislay(string kind, out bool isCarriedOut) => _mislaid.TryRemove(kind, out isCarriedOut);

    internal void Count(string kind) => _requests.AddOrUpdate(kind, 1, static (_, count) => count + 1);

    /// <summary>A number that nothing else of the venue has.</summary>
    internal long NextId() => Interlocked.Increment(ref _lastId);

    private async Task ServeToEndAsync(ITransport transport, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        await using (transport.ConfigureAwait(false))
        {
            try
            {
                using var patience = new CancellationTokenSource(Options.PatienceTimeout, Options.TimeProvider);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, patience.Token);
                (RequestHead? request, int status) = await ServerHandshake.ReadUpgradeAsync(transport.Input, either.Token).ConfigureAwait(false);
                if (request is not null)
                {
                    _targets.Enqueue(request.Target);
                    status = StatusOf(request.Target);
                }

                if (status == 101)
                {
                    await ServeSessionAsync(new DerivSession(this, transport), ServerHandshake.Accept(request!.Single("Sec-WebSocket-Key")!), either.Token, stop.Token).ConfigureAwait(false);
                }
                else if (status != 0)
                {
                    await transport.Output.WriteAsync(ServerHandshake.Refuse(status, TimeSpan.Zero), either.Token).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                // A peer that goes away, dawdles or speaks something else: the end of it here.
                transport.Abort();
            }
            finally
            {
                await transport.Input.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task ServeSessionAsync(DerivSession session, byte[] answer, CancellationToken patience, CancellationToken cancellationToken)
    {
        // It counts before the peer knows that it is in: who has connected can be cut and counted.
        _sessions[session] = true;
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static session => ((DerivSession)session!).Cut(), session);
        try
        {
            await session.RunAsync(answer, patience).ConfigureAwait(false);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            _sessions.TryRemove(session, out _);
        }
    }

    /// <summary>Everybody has to say which application it is.</summary>
    private static int StatusOf(string target)
    {
        string[] parts = target.Split('?', 2);
        bool hasApp = parts.Length == 2 && parts[1].Split('&').Any(pair => pair.StartsWith("app_id=", StringComparison.Ordinal) && pair.Length > "app_id=".Length);
        return parts[0] is not "/websockets/v3" ? 404 : hasApp ? 101 : 401;
    }
}
