using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.TestKit.Streams;

/// <summary>One connection under a plan. It holds what both of its sides must know: whether it has been cut, and by what.</summary>
internal sealed class FaultTransport : ITransport
{
    private readonly ITransport _inner;
    private readonly Action _onDisposed;
    private readonly CancellationTokenSource _aborted = new();
    private volatile string? _reset;
    private volatile bool _closed;
    private int _disposed;

    public FaultTransport(ITransport inner, FaultPlan plan, int number, OperationCounter operations, TimeProvider time, Action onDisposed)
    {
        _inner = inner;
        _onDisposed = onDisposed;
        Plan = plan;
        Operations = operations;
        Time = time;
        Aborted = _aborted.Token;

        // Each direction of each connection draws numbers of its own, or the threads' turns would decide who gets which.
        int seed = HashCodeOf(plan.Seed, number);
        FaultPipeReader input = inner.Input is IBlockingInput
            ? new BlockingFaultPipeReader(this, inner.Input, plan.Read, new Random(seed))
            : new FaultPipeReader(this, inner.Input, plan.Read, new Random(seed));
        Input = input;
        Output = new FaultPipeWriter(this, inner.Output, plan.Write, new Random(seed + 1));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public TransportContent Content => _inner.Content;

    public EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    public FaultPlan Plan { get; }

    public OperationCounter Operations { get; }

    public TimeProvider Time { get; }

    /// <summary>Cancelled when the connection is aborted, by its owner or by the plan.</summary>
    public CancellationToken Aborted { get; }

    /// <summary>Whether both directions have been ended in good order.</summary>
    public bool IsClosed => _closed;

    public void Abort()
    {
        _reset ??= "closed on this side";
        _aborted.Cancel();
        _inner.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        bool isFirst = Interlocked.Exchange(ref _disposed, 1) == 0;
        if (isFirst)
        {
            _onDisposed();
        }

        await _aborted.CancelAsync().ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        if (isFirst && Operations.Fails("dispose"))
        {
            throw new IOException("fault injected: " + Operations.Failed);
        }
    }

    /// <summary>Ends both directions in good order; the abort only wakes a read that is waiting.</summary>
    public void Close()
    {
        _closed = true;
        _inner.Output.Complete();
        _inner.Abort();
    }

    /// <summary>Fails both directions, as a peer's reset does.</summary>
    public void Reset(string why)
    {
        _reset ??= $"connection reset by the peer (fault injected: {why})";
        _aborted.Cancel();
        _inner.Abort();
    }

    /// <summary>Throws what a read of a failed connection throws.</summary>
    public void ThrowIfReset()
    {
        if (_reset is { } reason)
        {
            throw new NetworkException("the connection was lost: " + reason);
        }
    }

    /// <summary>Throws what a write to a failed connection throws.</summary>
    public void ThrowIfResetForWriting()
    {
        if (_reset is { } reason)
        {
            throw new IOException("the connection was lost: " + reason);
        }
    }

    private static int HashCodeOf(int seed, int number) => unchecked((seed * 31) + (number * 2));
}
