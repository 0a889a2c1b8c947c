using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfConn.Protocol.Shapes;

/// <summary>An array of items each with its own symbol (Binance <c>!ticker@arr</c>, Kraken v2 <c>data</c>): one tick for each, its payload the item's own bytes.</summary>
/// <remarks>
/// Allocates nothing and never throws. The array is walked over once, and its items are poured when its end has been seen: a torn array gives nothing rather than a part. Owned
/// by one line, as <see cref="ShapeReader{TShape}"/>, of which it holds one.
/// </remarks>
/// <typeparam name="TShape">Where an item has its symbol; the paths begin at the item.</typeparam>
public record struct ItemReader<TShape>
    where TShape : struct, IMessageShape
{
    /// <summary>Items whose places are kept on the stack: 512 bytes. Those of a longer array are walked over twice.</summary>
    private const int Kept = 64;

    private ShapeReader<TShape> _items;

    /// <summary>Pours the items of an array; what is no item of that shape as "other".</summary>
    /// <param name="array">The raw array.</param>
    /// <param name="channel">The stream that the items belong to.</param>
    /// <param name="sink">Where to.</param>
    /// <returns>False, with nothing poured, when it is no array or is torn. An empty one is good and pours nothing.</returns>
    [SkipLocalsInit]
    public bool TryPour<TSink>(ReadOnlySpan<byte> array, TickChannel channel, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        Span<(int Start, int Length)> places = stackalloc (int, int)[Kept];
        int count = 0;
        var walk = new JsonItems(array);
        while (walk.MoveNext())
        {
            if ((uint)count < (uint)places.Length)
            {
                int start = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetReference(array), ref MemoryMarshal.GetReference(walk.Current));
                places[count] = (start, walk.Current.Length);
            }

            count++;
        }

        if (!walk.IsComplete)
        {
            return false;
        }

        if (count > Kept)
        {
            PourAll(array, channel, ref sink);
            return true;
        }

        foreach ((int start, int length) in places[..count])
        {
            Pour(array.Slice(start, length), channel, ref sink);
        }

        return true;
    }

    private void PourAll<TSink>(ReadOnlySpan<byte> array, TickChannel channel, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        foreach (ReadOnlySpan<byte> item in new JsonItems(array))
        {
            Pour(item, channel, ref sink);
        }
    }

    private void Pour<TSink>(ReadOnlySpan<byte> item, TickChannel channel, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct
    {
        if (!_items.TryRead(item, out MessageFields fields))
        {
            sink.OnOther(item);
        }
        else if (fields.IsSymbolEscaped)
        {
            EscapedSymbol.Pour(fields.Symbol, channel, fields.Payload, ref sink);
        }
        else
        {
            sink.OnTick(fields.Symbol, channel, fields.Payload);
        }
    }
}
