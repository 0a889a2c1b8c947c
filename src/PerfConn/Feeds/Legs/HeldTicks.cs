using System.Collections.Generic;

namespace PerfConn.Feeds.Legs;

/// <summary>The ticks of one stream that wait, of all legs, oldest first. There are some for the blink of an eye after a leg has joined.</summary>
internal sealed class HeldTicks
{
    private readonly LinkedList<HeldTick> _ticks = new();

    public int Count => _ticks.Count;

    public LinkedListNode<HeldTick>? First => _ticks.First;

    public void Add(in HeldTick tick) => _ticks.AddLast(tick);

    public void Remove(LinkedListNode<HeldTick> tick) => _ticks.Remove(tick);

    /// <summary>A bit for each leg that waits with something.</summary>
    public ulong Legs()
    {
        ulong legs = 0;
        foreach (HeldTick tick in _ticks)
        {
            legs |= 1UL << tick.Leg;
        }

        return legs;
    }

    /// <summary>The one with the lowest number.</summary>
    public LinkedListNode<HeldTick> Lowest()
    {
        LinkedListNode<HeldTick> lowest = _ticks.First!;
        for (LinkedListNode<HeldTick>? node = lowest.Next; node is not null; node = node.Next)
        {
            lowest = node.Value.Span.Last < lowest.Value.Span.Last ? node : lowest;
        }

        return lowest;
    }
}
