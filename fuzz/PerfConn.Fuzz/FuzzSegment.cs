using System;
using System.Buffers;

namespace PerfConn.Fuzz;

/// <summary>One piece of a sequence cut as a plan says: piece after piece of one byte more than the plan's next number.</summary>
internal sealed class FuzzSegment : ReadOnlySequenceSegment<byte>
{
    private FuzzSegment(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Sequence(byte[] bytes, ReadOnlySpan<byte> plan)
    {
        var first = new FuzzSegment(default, 0);
        FuzzSegment last = first;
        int start = 0;
        for (int i = 0; start < bytes.Length; i++)
        {
            int size = Math.Min(bytes.Length - start, 1 + plan[i % plan.Length]);
            var next = new FuzzSegment(bytes.AsMemory(start, size), start);
            last.Next = next;
            last = next;
            start += size;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
