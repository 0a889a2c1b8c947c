using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using PerfConn.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>A fast client is tempted to reuse a mask (RELIABILITY B45): keys must be unpredictable, and each used once.</summary>
public class MaskKeysTests
{
    [Fact]
    public void Half_a_million_keys_repeat_no_more_than_chance_and_have_no_bias()
    {
        const int Count = 500_000;
        var keys = new MaskKeys();
        var seen = new HashSet<uint>(Count);
        var ones = new int[32];
        for (int i = 0; i < Count; i++)
        {
            uint key = keys.Next();
            seen.Add(key);
            for (uint bits = key; bits != 0; bits &= bits - 1)
            {
                ones[BitOperations.TrailingZeroCount(bits)]++;
            }
        }

        // Birthday: 25 * 10^10 / 2 / 2^32 = 29 repeats, standard deviation 5.4. A bit is set 250,000 times, standard deviation 354.
        Assert.InRange(Count - seen.Count, 1, 29 + 40);
        Assert.All(ones, count => Assert.InRange(count, (Count / 2) - 2500, (Count / 2) + 2500));
    }

    /// <summary>What stands on the wire, not what the generator gives (RELIABILITY D60): a million frames of zeros show their masks.</summary>
    [Fact]
    public void A_million_frames_have_no_zero_or_constant_mask_and_repeat_no_more_than_chance()
    {
        const int Count = 1_000_000;
        var encoder = new WebSocketFrameEncoder(new MaskKeys());
        var seen = new HashSet<uint>(Count);
        int evenBytes = 0;
        Span<byte> frame = stackalloc byte[encoder.MaxSize(8)];
        ReadOnlySpan<byte> zeros = [0, 0, 0, 0, 0, 0, 0, 0];
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(14, encoder.Encode(frame, Wire.Binary, zeros));
            uint key = BinaryPrimitives.ReadUInt32LittleEndian(frame[2..]);
            Assert.Equal(key, BinaryPrimitives.ReadUInt32LittleEndian(frame[6..]));
            Assert.Equal(key, BinaryPrimitives.ReadUInt32LittleEndian(frame[10..]));
            Assert.NotEqual(0u, key);
            evenBytes += key == (key & 0xFF) * 0x01010101 ? 1 : 0;
            seen.Add(key);
        }

        // Birthday: 10^12 / 2 / 2^32 = 116 repeats, standard deviation 10.8. Four equal bytes: one key in 2^24, 0.06 expected.
        Assert.InRange(Count - seen.Count, 116 - 75, 116 + 75);
        Assert.InRange(evenBytes, 0, 4);
    }

    [Fact]
    public void A_zero_key_is_drawn_again()
    {
        int calls = 0;
        var keys = new MaskKeys(bytes => bytes.Fill((byte)calls++));
        Assert.Equal(0x01010101u, keys.Next());
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Two_clients_share_no_sequence()
    {
        var one = new MaskKeys();
        var other = new MaskKeys();

        Assert.True(Enumerable.Range(0, 64).Count(_ => one.Next() == other.Next()) < 3);
    }

    [Fact]
    public void Every_byte_drawn_is_used_once_and_in_order()
    {
        int calls = 0;
        byte next = 0;
        var keys = new MaskKeys(bytes =>
        {
            calls++;
            Assert.Equal(256, bytes.Length);
            foreach (ref byte b in bytes)
            {
                b = next++;
            }
        });

        Assert.Equal(0, calls);
        for (int i = 0; i < 200; i++)
        {
            byte first = (byte)(4 * i);
            Assert.Equal((uint)(first | ((first + 1) << 8) | ((first + 2) << 16) | ((first + 3) << 24)), keys.Next());
            Assert.Equal((i / 64) + 1, calls);
        }
    }
}
