using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Buffers;
using Xunit;

namespace PerfConn.Tests.Buffers;

public sealed class MessageSpoolTests
{
    [Fact]
    public void What_is_taken_is_what_was_kept_in_its_order_whatever_is_taken_in_between() =>
        Prop.ForAll(Gen.Choose(-1, 3000).ListOf().ToArbitrary(), sizes =>
        {
            using var spool = new MessageSpool();
            var model = new Queue<(byte[] Payload, bool IsText, long Timestamp)>();
            long number = 0;
            foreach (int size in sizes)
            {
                if (size < 0)
                {
                    Take();
                    continue;
                }

                // Some are larger than a chunk.
                byte[] payload = [.. Enumerable.Range(0, size > 2990 ? 1_500_000 : size).Select(i => (byte)(i + number))];
                spool.Add(payload, size % 2 == 0, ++number);
                model.Enqueue((payload, size % 2 == 0, number));
            }

            while (model.Count > 0)
            {
                Take();
            }

            Assert.False(spool.TryTake(out _, out _, out _));

            void Take()
            {
                Assert.Equal(model.Count, spool.Count);
                bool taken = spool.TryTake(out ReadOnlySpan<byte> payload, out bool isText, out long timestamp);
                Assert.Equal(model.TryDequeue(out var expected), taken);
                if (taken)
                {
                    Assert.True(payload.SequenceEqual(expected.Payload));
                    Assert.Equal((expected.IsText, expected.Timestamp), (isText, timestamp));
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_disposed_spool_is_empty_and_may_be_disposed_again()
    {
        var spool = new MessageSpool();
        spool.Add("x"u8, isText: true, 1);
        spool.Dispose();
        Assert.Equal((0, 0L), (spool.Count, spool.Bytes));
        Assert.False(spool.TryTake(out _, out _, out _));
        spool.Dispose();
    }
}
