using System;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Framing;

/// <summary>An output whose writes end when and how the test says.</summary>
/// <param name="block">When given, a write also blocks its thread until this is set.</param>
internal sealed class HeldWriter(ManualResetEventSlim? block = null) : WriteOnlyWriter
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<FlushResult> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first write has begun.</summary>
    public Task Entered => _entered.Task;

    public int Writes { get; private set; }

    public void Fail(Exception failure) => _outcome.SetException(failure);

    public void Succeed() => _outcome.SetResult(default);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Writes++;
        _entered.TrySetResult();
        block?.Wait(cancellationToken);
        return new ValueTask<FlushResult>(_outcome.Task);
    }
}
