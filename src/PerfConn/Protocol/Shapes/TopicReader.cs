using System;
using System.Diagnostics;

namespace PerfConn.Protocol.Shapes;

/// <summary>
/// Tells a channel by its name, and a topic's channel and symbol from each other (<c>orderbook.50.BTCUSDT</c>, <c>btcusdt@depth@100ms</c>). By the known names and not by
/// separators: a symbol may hold those itself (<c>quote.BTC-29DEC23.PERP</c>).
/// </summary>
/// <remarks>
/// The name of the last message is tried first. As at most one name fits, the order says nothing about the answer. Allocates nothing and never throws; owned by one line.
/// </remarks>
/// <typeparam name="TNames">The names.</typeparam>
public record struct TopicReader<TNames>
    where TNames : struct, ITopicNames
{
    private byte _last;

    /// <summary>Finds a name as it stands.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out int index)
    {
        index = _last;
        if (name.SequenceEqual(TNames.NameOf(index)))
        {
            return true;
        }

        for (index = 0; index < TNames.Count; index++)
        {
            if (name.SequenceEqual(TNames.NameOf(index)))
            {
                _last = (byte)index;
                return true;
            }
        }

        return false;
    }

    /// <summary>Splits <c>name symbol</c>.</summary>
    /// <returns>False when no name is the beginning, or nothing follows it.</returns>
    public bool TrySplitHead(ReadOnlySpan<byte> topic, out int index, out ReadOnlySpan<byte> symbol)
    {
        index = _last;
        if (!topic.StartsWith(TNames.NameOf(index)) && !TryFindHead(topic, out index))
        {
            symbol = default;
            return false;
        }

        symbol = topic[TNames.NameOf(index).Length..];
        return !symbol.IsEmpty;
    }

    /// <summary>Splits <c>symbol name</c>.</summary>
    /// <returns>False when no name is the end, or nothing precedes it.</returns>
    public bool TrySplitTail(ReadOnlySpan<byte> topic, out int index, out ReadOnlySpan<byte> symbol)
    {
        index = _last;
        if (!topic.EndsWith(TNames.NameOf(index)) && !TryFindTail(topic, out index))
        {
            symbol = default;
            return false;
        }

        symbol = topic[..^TNames.NameOf(index).Length];
        return !symbol.IsEmpty;
    }

    private bool TryFindHead(ReadOnlySpan<byte> topic, out int index)
    {
        Debug.Assert(AreDistinct(isHead: true), "no name begins another");
        for (index = 0; index < TNames.Count; index++)
        {
            if (topic.StartsWith(TNames.NameOf(index)))
            {
                _last = (byte)index;
                return true;
            }
        }

        return false;
    }

    private bool TryFindTail(ReadOnlySpan<byte> topic, out int index)
    {
        Debug.Assert(AreDistinct(isHead: false), "no name ends another");
        for (index = 0; index < TNames.Count; index++)
        {
            if (topic.EndsWith(TNames.NameOf(index)))
            {
                _last = (byte)index;
                return true;
            }
        }

        return false;
    }

    private static bool AreDistinct(bool isHead)
    {
        for (int i = 0; i < TNames.Count; i++)
        {
            for (int j = 0; j < TNames.Count; j++)
            {
                ReadOnlySpan<byte> name = TNames.NameOf(i);
                if (i != j && (isHead ? name.StartsWith(TNames.NameOf(j)) : name.EndsWith(TNames.NameOf(j))))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
