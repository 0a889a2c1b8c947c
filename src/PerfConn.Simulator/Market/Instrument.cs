using System;
using System.Buffers.Binary;
using System.Diagnostics;

namespace PerfConn.Simulator.Market;

/// <summary>One symbol: its name, where its price and its ids begin, and how its price is written.</summary>
/// <remarks>
/// A price is eight significant digits and never leaves its decade, so that its text has the same width at every tick and is patched in place.
/// </remarks>
internal sealed class Instrument
{
    /// <summary>Bytes of the varying part of a price: eight digits and the point.</summary>
    public const int PriceWidth = 9;

    /// <summary>One step of the walk, in units of the eighth digit.</summary>
    private const int Step = 100;

    private readonly PriceWalk _walk;
    private readonly uint _middle;
    private readonly long _phase;
    private readonly ulong _integerMask;
    private readonly ulong _point;

    public Instrument(string name, int index, ulong seed, PriceWalk walk)
    {
        ulong hash = Hash.Mix(seed ^ Hash.Mix((ulong)index));
        Name = name;
        IntegerDigits = index switch
        {
            0 => 5,
            1 => 4,
            2 or 3 => 3,
            _ => (int)(hash & 3),
        };
        Salt = Hash.Mix(hash);
        FirstUpdateId = 40_000_000_000 + (Hash.Scale((uint)(Salt >> 32), 1_000_000_000) * 8L);
        FirstTradeId = 1_000_000_000 + Hash.Scale((uint)Salt, 1_000_000_000);
        _walk = walk;
        _middle = (200_000 + Hash.Scale((uint)(hash >> 32), 600_000)) * Step;
        _phase = (long)(hash >> 8);
        _integerMask = (1UL << (8 * IntegerDigits)) - 1;
        _point = (ulong)'.' << (8 * IntegerDigits);
        Debug.Assert(_middle - (PriceWalk.Length * Step) >= 10_000_000 && _middle + (PriceWalk.Length * Step) < Digits.EightDigits, "a price must keep its width");
    }

    public string Name { get; }

    /// <summary>Digits before the point; with none, a "0" stands before the varying part.</summary>
    public int IntegerDigits { get; }

    /// <summary>Makes the quantities of symbols differ.</summary>
    public ulong Salt { get; }

    /// <summary>Update id of the first tick: eleven digits, as those of large spot pairs.</summary>
    public long FirstUpdateId { get; }

    public long FirstTradeId { get; }

    /// <summary>Price of a tick, as a number of eight digits.</summary>
    public uint PriceAt(long index) => (uint)(_middle + (_walk.At(index + _phase) * Step));

    /// <summary>The price <paramref name="steps"/> steps higher.</summary>
    public static uint Above(uint price, uint steps) => price + (steps * Step);

    /// <summary>Writes a price into its nine bytes.</summary>
    public void WritePrice(Span<byte> field, uint price)
    {
        ulong digits = Digits.Eight(price);
        BinaryPrimitives.WriteUInt64LittleEndian(field, (digits & _integerMask) | _point | ((digits & ~_integerMask) << 8));
        field[8] = (byte)(digits >> 56);
    }
}
