using System;

namespace PerfConn.Protocol.Shapes;

/// <summary>Where a binary packet has its instrument token and what tells its channel.</summary>
public interface ITokenLayout
{
    /// <summary>Reads token and channel. Must not throw, however short the packet is.</summary>
    /// <returns>False when the packet is no tick.</returns>
    static abstract bool TryRead(ReadOnlySpan<byte> packet, out uint token, out TickChannel channel);
}
