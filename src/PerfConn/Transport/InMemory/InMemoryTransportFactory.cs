using System;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Transport.InMemory;

/// <summary>Opens in-memory connections and hands the other end of each to an acceptor: a venue inside the process.</summary>
/// <remarks>Thread-safe where the acceptor is.</remarks>
public sealed class InMemoryTransportFactory : ITransportFactory
{
    private readonly Func<InMemoryTransport, Endpoint, CancellationToken, ValueTask> _accept;
    private readonly TransportContent _content;
    private readonly PipeOptions? _options;

    /// <summary>Makes a factory.</summary>
    /// <param name="accept">
    /// Called with the server's end before the connect completes. It starts serving and returns; an exception refuses the connection.
    /// </param>
    /// <param name="content">What the pipes carry. Default: bytes.</param>
    /// <param name="options">Buffering of both directions. Default: see <see cref="InMemoryTransport.CreatePair"/>.</param>
    public InMemoryTransportFactory(
        Func<InMemoryTransport, Endpoint, CancellationToken, ValueTask> accept,
        TransportContent content = TransportContent.Bytes,
        PipeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(accept);
        _accept = accept;
        _content = content;
        _options = options;
    }

    /// <inheritdoc/>
    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair(_content, _options);
        await _accept(server, endpoint, cancellationToken).ConfigureAwait(false);
        return client;
    }
}
