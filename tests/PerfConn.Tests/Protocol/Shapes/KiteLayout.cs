using System;
using System.Buffers.Binary;
using PerfConn.Protocol;
using PerfConn.Protocol.Shapes;

namespace PerfConn.Tests.Protocol.Shapes;

/// <summary>Zerodha Kite v3: the token first, the mode by the length (ltp 8; quote 44, of an index 28 or 32; full 184).</summary>
internal struct KiteLayout : ITokenLayout
{
    public static bool TryRead(ReadOnlySpan<byte> packet, out uint token, out TickChannel channel)
    {
        int mode = packet.Length switch { 8 => 0, 28 or 32 or 44 => 1, 184 => 2, _ => -1 };
        channel = new TickChannel((byte)Math.Max(mode, 0));
        return BinaryPrimitives.TryReadUInt32BigEndian(packet, out token) && mode >= 0;
    }
}
