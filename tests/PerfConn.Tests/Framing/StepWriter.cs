using System;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Framing;

/// <summary>An output each of whose writes ends at the test's next step.</summary>
internal sealed class StepWriter : PipeWriter
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<FlushResult> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    public void Step()
    {
        TaskCompletionSource<FlushResult> outcome;
        lock (_lock)
        {
            outcome = _outcome;
            _outcome = new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        outcome.SetResult(default);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _writes);
            return new ValueTask<FlushResult>(_outcome.Task);
        }
    }

    public override void Advance(int bytes) => throw new NotSupportedException();

    public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void CancelPendingFlush() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null) => throw new NotSupportedException();
}
