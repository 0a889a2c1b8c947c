using System;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Framing;

/// <summary>An output that is only ever given whole writes, which is all that a sender makes.</summary>
internal abstract class WriteOnlyWriter : PipeWriter
{
    public abstract override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default);

    public sealed override void Advance(int bytes) => throw new NotSupportedException();

    public sealed override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    public sealed override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

    public sealed override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public sealed override void CancelPendingFlush() => throw new NotSupportedException();

    public sealed override void Complete(Exception? exception = null) => throw new NotSupportedException();
}
