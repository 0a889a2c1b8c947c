using System;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Framing;

/// <summary>An output each of whose writes ends at the test's next step.</summary>
internal sealed class StepWriter : WriteOnlyWriter
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
}
