using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace PerfConn.Simulator.Sessions;

/// <summary>Bytes for one write.</summary>
/// <param name="Bytes">The bytes; empty when there is nothing to send.</param>
/// <param name="Frames">Frames in them.</param>
/// <param name="Ticks">Of those, ticks.</param>
/// <param name="Waiters">Who wants to know when they have been written.</param>
internal readonly record struct Batch(ReadOnlyMemory<byte> Bytes, int Frames, int Ticks, List<TaskCompletionSource>? Waiters)
{
    public void Complete()
    {
        foreach (TaskCompletionSource waiter in Waiters ?? [])
        {
            waiter.TrySetResult();
        }
    }
}
