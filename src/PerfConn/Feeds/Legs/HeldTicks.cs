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
}
