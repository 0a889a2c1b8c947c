using System;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;

namespace PerfConn.Tests.Connections;

/// <summary>In-memory connections that carry messages, need no handshake and are counted: how many are open, and a place to wait on the way in and on the way out.</summary>
internal sealed class CountedTransports : ITransportFactory
{
    private int _open;
    private int _asked;

    /// <summary>Waited for in each attempt, which is told its number, from 1, before the connection is made.</summary>
    public Func<int, CancellationToken, Task>? Opening { get; set; }

    /// <summary>Waited for before a connection counts as gone.</summary>
    public Func<Task>? Going { get; set; }

    /// <summary>Connections made and not disposed of.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Attempts begun.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The venue's ends, in the order in which they were made.</summary>
    public ConcurrentQueue<InMemoryTransport> Servers { get; } = new();

    public async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref _asked);
        if (Opening is { } opening)
        {
            await opening(number, cancellationToken);
        }

        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair(TransportContent.Messages);
        Servers.Enqueue(server);
        Interlocked.Increment(ref _open);
        return new Counted(this, client);
    }

    private sealed class Counted(CountedTransports owner, InMemoryTransport inner) : ITransport
    {
        private int _isGone;

        public PipeReader Input => inner.Input;

        public PipeWriter Output => inner.Output;

        public TransportContent Content => inner.Content;

        public EndPoint? RemoteEndPoint => null;

        public void Abort() => inner.Abort();

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isGone, 1) == 0)
            {
                await (owner.Going?.Invoke() ?? Task.CompletedTask);
                await inner.DisposeAsync();
                Interlocked.Decrement(ref owner._open);
            }
        }
    }
}
