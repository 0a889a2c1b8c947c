using System;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace PerfConn.Tests.Framing;

/// <summary>An output that runs the test's code in the midst of each write, and then has taken everything.</summary>
/// <param name="hook">Given the number of the write, from 1.</param>
internal sealed class HookWriter(Action<int> hook) : WriteOnlyWriter
{
    private int _writes;

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        hook(Interlocked.Increment(ref _writes));
        return default;
    }
}
