using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Simulator.Handshake;
using PerfConn.Simulator.Listening;
using PerfConn.Simulator.Sessions;
using PerfConn.Transport;

namespace PerfConn.Simulator;

/// <summary>
/// A venue inside the process: the market data streams of Binance spot, with the venue's limits, on a real loopback socket or any transport,
/// and faults on demand. For tests of what connects to such a venue, and for measuring it.
/// </summary>
/// <remarks>
/// Thread-safe. The market is made up but consistent: tick <c>n</c> of a stream is the same on every connection, and a connection that joins a
/// stream begins where the furthest other has got.
/// </remarks>
public sealed partial class BinanceSimulator : IAsyncDisposable
{
    private readonly Venue _venue;
    private readonly Listener? _listener;
    private readonly ServerCertificate? _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskTracker _connections = new();
    private int _isDisposed;

    private BinanceSimulator(BinanceSimulatorOptions options)
    {
        _venue = new Venue(options);
        _certificate = options.Tls ? new ServerCertificate() : null;
        if (options.Listen)
        {
            _listener = new Listener(options.Port, _certificate, _venue.Blocks, options.TimeProvider, options.PatienceTimeout);
            Port = _listener.Port;
            _connections.TryRun(
                () => _listener.AcceptAsync(transport => ServeToEndAsync(transport, CancellationToken.None), _connections, _stop.Token), out _);
        }

        Url = options.Tls
            ? new Uri("wss://localhost:" + Port.ToString(CultureInfo.InvariantCulture))
            : new Uri("ws://127.0.0.1:" + Port.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// The address without a path: <c>ws://127.0.0.1:port</c>, or <c>wss://localhost:port</c> with TLS. Streams are at <c>/ws</c> and <c>/stream</c> below it.
    /// </summary>
    public Uri Url { get; }

    /// <summary>The port that is listened on; 0 without a listener.</summary>
    public int Port { get; }

    /// <summary>The server's certificate, signed by itself, for localhost, 127.0.0.1 and ::1; null without TLS.</summary>
    public X509Certificate2? Certificate => _certificate?.Certificate;

    /// <summary>Names of the market's symbols as payloads carry them, in upper case. Stream names want them in lower case.</summary>
    public IReadOnlyList<string> Symbols => _venue.Market.Symbols;

    /// <summary>Makes a simulator and starts to listen.</summary>
    /// <param name="options">What it is to be like.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public static Task<BinanceSimulator> StartAsync(BinanceSimulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new BinanceSimulator(options ?? new BinanceSimulatorOptions()));
    }

    /// <summary>Serves one connection that was not accepted from the socket, from its opening handshake to its end.</summary>
    /// <param name="transport">The server's end, of bytes. It is disposed of at the end.</param>
    /// <param name="cancellationToken">Cuts the connection.</param>
    /// <returns>Completes when the connection has ended, however it did.</returns>
    /// <exception cref="ArgumentException">The transport carries message records.</exception>
    public Task ServeAsync(ITransport transport, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        if (transport.Content != TransportContent.Bytes)
        {
            throw new ArgumentException("A simulated venue serves transports of bytes: framing is what it simulates.", nameof(transport));
        }

        // On the pool: nothing of the venue runs on its caller's thread, whose context or stack it could exhaust.
        return _connections.TryRun(() => ServeToEndAsync(transport, cancellationToken), out Task serving)
            ? serving
            : throw new ObjectDisposedException(nameof(BinanceSimulator));
    }

    /// <summary>Receive and send blocks in use: none once everything is closed.</summary>
    internal int OutstandingBlocks => _venue.Blocks.Outstanding;

    /// <summary>What has happened so far.</summary>
    public SimulatorStatistics GetStatistics() => _venue.Counters.Snapshot();

    /// <summary>
    /// The ledger: how far each stream has got on each connection, in the order of connections; the last 64 that have ended are included. Compare it
    /// with what a client received.
    /// </summary>
    public IReadOnlyList<StreamPosition> GetLedger() => _venue.Positions();

    /// <summary>Stops listening, cuts what is open, and waits until nothing runs any more. For a farewell, close first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _connections.CloseAsync().ConfigureAwait(false);
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private async Task ServeToEndAsync(ITransport transport, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        await using (transport.ConfigureAwait(false))
        {
            try
            {
                HandshakeResult result = await ShakeHandsAsync(transport, stop.Token).ConfigureAwait(false);
                if (result.Target is { } target)
                {
                    await ServeSessionAsync(new Session(_venue, transport, target, result.Answer.Span), stop.Token).ConfigureAwait(false);
                }
                else
                {
                    _venue.Counters.Refused();
                    await transport.Output.WriteAsync(result.Answer, stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                // A peer that goes away, dawdles or speaks something else, over a transport that may be a user's own: the end of it here.
                transport.Abort();
            }
            finally
            {
                // Gives the receive block back.
                await transport.Input.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task ServeSessionAsync(Session session, CancellationToken cancellationToken)
    {
        _venue.Opened(session);
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static session => ((Session)session!).Drop(DisconnectCause.SimulatorStopped), session);
        await using (registration.ConfigureAwait(false))
        {
            await session.RunAsync().ConfigureAwait(false);
        }
    }

    private async Task<HandshakeResult> ShakeHandsAsync(ITransport transport, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_venue.Options.PatienceTimeout, _venue.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await ServerHandshake.PerformAsync(transport.Input, _venue.Admit, either.Token).ConfigureAwait(false);
        }
        catch
        {
            _venue.Counters.Refused();
            throw;
        }
    }
}
