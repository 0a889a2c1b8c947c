using System;
using System.Buffers.Binary;

namespace PerfConn.Simulator.Market;

/// <summary>The time of a batch of ticks as digits: written out once per batch, stored twice per tick.</summary>
internal readonly struct TickTime
{
    private readonly ulong _first;
    private readonly ulong _last;
    private readonly int _lastAt;

    /// <param name="now">The time, of the years 2001 to 2286, where it has the usual count of digits.</param>
    /// <param name="isMicroseconds">Microseconds (16 digits) instead of milliseconds (13 digits) since 1970.</param>
    public TickTime(DateTimeOffset now, bool isMicroseconds)
    {
        long ticks = now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        long value = Math.Clamp(ticks / TimeSpan.TicksPerMicrosecond, 1_000_000_000_000_000, 9_999_999_999_999_999);
        if (!isMicroseconds)
        {
            value /= 1000;
        }

        // The last eight digits overlap the first eight when there are thirteen.
        _first = Digits.Eight((uint)(value / (isMicroseconds ? 100_000_000 : 100_000)));
        _last = Digits.Eight((uint)(value % 100_000_000));
        _lastAt = Width(isMicroseconds) - 8;
    }

    /// <summary>Digits of a time in this unit.</summary>
    public static int Width(bool isMicroseconds) => isMicroseconds ? 16 : 13;

    public void Write(Span<byte> field)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(field, _first);
        BinaryPrimitives.WriteUInt64LittleEndian(field[_lastAt..], _last);
    }
}
