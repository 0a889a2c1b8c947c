using System;
using System.Collections.Generic;
using PerfConn.Framing;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing;

public class MessageAssemblerTests
{
    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public void Fragments_of_any_length_are_put_together_message_after_message(ulong seed)
    {
        var random = new SplitMix(seed);
        var assembler = default(MessageAssembler);
        for (int message = 0; message < 60; message++)
        {
            var whole = new List<byte>();
            int count = random.Below(8);
            bool isText = random.OneIn(2);
            assembler.Begin(isText);
            for (int i = 0; i < count; i++)
            {
                byte[] fragment = Wire.Bytes(random.Pick(0, 1, 100, 4095, 4096, 4097, 20_000));
                whole.AddRange(fragment);
                assembler.Append(fragment);
                Assert.Equal(i + 1, assembler.Fragments);
                Assert.Equal(whole.Count, assembler.Length);
            }

            Assert.True(assembler.IsActive);
            Assert.Equal(isText, assembler.IsText);
            Assert.True(assembler.Message.SequenceEqual(whole.ToArray()));
            assembler.End();
            Assert.False(assembler.IsActive);
            Assert.Equal(0, assembler.Length);
        }
    }

    [Fact]
    public void A_message_of_nothing_is_empty()
    {
        var assembler = default(MessageAssembler);
        assembler.Begin(isText: false);
        assembler.Append([]);

        Assert.True(assembler.Message.IsEmpty);
        Assert.Equal(1, assembler.Fragments);
        assembler.Dispose();
    }

    [Fact]
    public void Disposing_twice_returns_the_buffer_once()
    {
        var assembler = default(MessageAssembler);
        assembler.Begin(isText: false);
        assembler.Append(new byte[100]);
        assembler.Dispose();
        assembler.Dispose();

        // A buffer returned twice would be rented twice.
        byte[] one = System.Buffers.ArrayPool<byte>.Shared.Rent(4096);
        byte[] other = System.Buffers.ArrayPool<byte>.Shared.Rent(4096);
        Assert.NotSame(one, other);
        System.Buffers.ArrayPool<byte>.Shared.Return(one);
        System.Buffers.ArrayPool<byte>.Shared.Return(other);
    }

    [Fact]
    public void A_steady_stream_of_fragmented_messages_allocates_nothing()
    {
        var assembler = default(MessageAssembler);
        byte[] fragment = new byte[3000];
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                assembler.Begin(isText: true);
                assembler.Append(fragment);
                assembler.Append(fragment);
                assembler.Append(fragment);
                assembler.End();
            }
        });
    }
}
