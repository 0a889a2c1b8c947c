using System;
using System.Buffers;
using System.Collections.Generic;
using PerfConn.Protocol;

namespace PerfConn.Dispatch;

/// <summary>Where one symbol stands with its snapshot, and the deltas that wait for it. Belongs to the thread of the ticks.</summary>
internal sealed class ResyncStream
{
    /// <summary>Raised whenever what is being fetched is of no more use: an answer of an older one is ignored.</summary>
    public int Generation;

    /// <summary>Fetches so far in this resync.</summary>
    public int Attempts;

    public ResyncState State = ResyncState.Unsynced;

    /// <summary>The snapshot's number; of use until the first delta has been applied to it.</summary>
    public long Snapshot;

    public Queue<Delta> Buffer { get; } = new();

    public void Keep(in Tick tick, SequenceSpan span)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(tick.Payload.Length);
        tick.Payload.CopyTo(bytes);
        Buffer.Enqueue(new Delta(bytes, tick.Payload.Length, tick.ReceiveTimestamp, span));
    }

    public void Clear()
    {
        while (Buffer.TryDequeue(out Delta delta))
        {
            delta.Return();
        }
    }

    /// <summary>A copied delta.</summary>
    internal readonly record struct Delta(byte[] Bytes, int Length, long Timestamp, SequenceSpan Span)
    {
        public ReadOnlySpan<byte> Payload => Bytes.AsSpan(0, Length);

        public void Return() => ArrayPool<byte>.Shared.Return(Bytes);
    }
}
