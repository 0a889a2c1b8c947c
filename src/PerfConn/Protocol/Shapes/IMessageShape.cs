using System;

namespace PerfConn.Protocol.Shapes;

/// <summary>
/// Where a venue's message has its fields, said once: paths of keys from the root, joined by <c>/</c> (<c>tick/symbol</c>). An empty path means that the message has no
/// such field.
/// </summary>
/// <remarks>
/// Static members of a struct that is a type parameter, so that what is empty is compiled away. A path leads through objects only; for arrays of items see
/// <see cref="ItemReader{TShape}"/>. Keys are compared as they are written; one that holds a <c>/</c> cannot be named.
/// </remarks>
public interface IMessageShape
{
    /// <summary>The symbol, or the topic that holds it: a string or a number.</summary>
    static abstract ReadOnlySpan<byte> Symbol { get; }

    /// <summary>What tells the channel: a string or a number.</summary>
    static abstract ReadOnlySpan<byte> Channel { get; }

    /// <summary>The item itself, any value; empty: the whole message.</summary>
    static abstract ReadOnlySpan<byte> Payload { get; }
}
