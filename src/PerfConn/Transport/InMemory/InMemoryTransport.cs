using System;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.InMemory;

/// <summary>
/// One end of a connection that exists only in this process: what one end writes, the other reads. For tests, simulations, replays and
/// benchmarks.
/// </summary>
/// <remarks>
/// Continuations run inline on the thread that writes, so a test that feeds bytes has seen their effect when its flush returns. Back-pressure
/// is that of <see cref="PipeOptions"/>.
/// </remarks>
public sealed class InMemoryTransport : ITransport, IHalfClose
{
    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;

    private InMemoryTransport(Pipe incoming, Pipe outgoing, TransportContent content)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        Content = content;
    }

    /// <inheritdoc/>
    public PipeReader Input => _incoming.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _outgoing.Writer;

    /// <inheritdoc/>
    public TransportContent Content { get; }

    /// <summary>Always null.</summary>
    public EndPoint? RemoteEndPoint => null;

    /// <summary>Makes the two ends of a connection.</summary>
    /// <param name="content">What the pipes will carry. Default: bytes.</param>
    /// <param name="options">Buffering of both directions. Default: that of <see cref="Pipe"/>, with inline schedulers.</param>
    public static (InMemoryTransport Client, InMemoryTransport Server) CreatePair(
        TransportContent content = TransportContent.Bytes, PipeOptions? options = null)
    {
        options ??= new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);
        var toServer = new Pipe(options);
        var toClient = new Pipe(options);
        return (new InMemoryTransport(toClient, toServer, content), new InMemoryTransport(toServer, toClient, content));
    }

    /// <summary>Cuts the connection: both ends' reads fail as after a reset, pending ones too, and writes that wait for their reader are let go.</summary>
    public void Abort()
    {
        var reset = new NetworkException("in-memory: connection reset by the peer");
        _outgoing.Writer.Complete(reset);
        _incoming.Writer.Complete(reset);

        // A pipe does not tell a waiting flush that its own writer has been completed.
        _outgoing.Writer.CancelPendingFlush();
        _incoming.Writer.CancelPendingFlush();
    }

    ValueTask IHalfClose.CloseOutputAsync() => _outgoing.Writer.CompleteAsync();

    /// <summary>Ends this side's stream in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        await _outgoing.Writer.CompleteAsync().ConfigureAwait(false);
        await _incoming.Reader.CompleteAsync().ConfigureAwait(false);
    }
}
