using System;

namespace PerfConn.Protocol.Shapes;

/// <summary>The channels of a venue as they are named in its messages, by index.</summary>
/// <remarks>
/// For <see cref="TopicReader{TNames}.TrySplitHead"/> no name may be the beginning of another, for <see cref="TopicReader{TNames}.TrySplitTail"/> none the end of another: with
/// the separator in the name (<c>orderbook.1.</c>, <c>@trade</c>) none is.
/// </remarks>
public interface ITopicNames
{
    /// <summary>How many; at most 256.</summary>
    static abstract int Count { get; }

    /// <summary>The name at an index of 0 to <see cref="Count"/> - 1; not empty.</summary>
    static abstract ReadOnlySpan<byte> NameOf(int index);
}
