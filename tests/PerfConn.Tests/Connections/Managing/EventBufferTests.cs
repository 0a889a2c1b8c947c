using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using Xunit;

namespace PerfConn.Tests.Connections.Managing;

/// <summary>A subscriber's buffer: bounded, in order, the least important and the oldest of it go first.</summary>
public sealed class EventBufferTests
{
    [Fact]
    public void A_full_buffer_drops_the_oldest_of_the_least_important_and_keeps_the_order()
    {
        var buffer = new EventBuffer<string>(3);
        Assert.Equal(0, buffer.Add("lost", EventPriority.High));
        Assert.Equal(0, buffer.Add("step 1", EventPriority.Normal));
        Assert.Equal(0, buffer.Add("message 1", EventPriority.Trace));
        Assert.Equal(1, buffer.Add("message 2", EventPriority.Trace));
        Assert.Equal(1, buffer.Add("step 2", EventPriority.Normal));
        Assert.Equal(1, buffer.Add("message 3", EventPriority.Trace));
        Assert.Equal(1, buffer.Add("step 3", EventPriority.Normal));
        Assert.Equal(1, buffer.Add("closed", EventPriority.High));

        Assert.Equal([("lost", 5), ("step 3", 0), ("closed", 0)], TakeAll(buffer));
    }

    /// <summary>Against a list that says what the words say.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void It_equals_its_model_over_random_histories(int capacity)
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var buffer = new EventBuffer<int>(capacity);
            var model = new List<(int Item, EventPriority Priority)>();
            long lost = 0;
            for (int i = 0; i < 100; i++)
            {
                if (random.Next(3) > 0)
                {
                    var priority = (EventPriority)random.Next(3);
                    model.Add((i, priority));
                    int expected = 0;
                    if (model.Count > capacity)
                    {
                        model.Remove(model.MinBy(each => each.Priority));
                        expected = 1;
                        lost++;
                    }

                    Assert.True(expected == buffer.Add(i, priority), $"seed {seed}");
                }
                else
                {
                    bool took = buffer.TryTake(out int item, out long gone);
                    Assert.True(took == model.Count > 0, $"seed {seed}");
                    if (took)
                    {
                        Assert.True((item, gone) == (model[0].Item, lost), $"seed {seed}");
                        model.RemoveAt(0);
                        lost = 0;
                    }
                }
            }
        }
    }

    [Fact]
    public async Task What_waits_can_be_taken_after_the_end_and_then_the_error_is_thrown()
    {
        var buffer = new EventBuffer<int>(2);
        buffer.Add(1, EventPriority.Normal);
        buffer.Complete(new InvalidOperationException("over"));
        buffer.Complete();
        Assert.Equal(0, buffer.Add(2, EventPriority.Normal));
        Assert.True(await buffer.WaitAsync(default));
        Assert.Equal([(1, 0)], TakeAll(buffer));
        await Assert.ThrowsAsync<InvalidOperationException>(() => buffer.WaitAsync(default).AsTask());
    }

    /// <summary>The runtime's bounded channel loses items here (RELIABILITY finding 0.1).</summary>
    [Fact]
    public async Task A_wait_that_is_cancelled_as_items_come_loses_none()
    {
        const int Items = 20_000;
        var buffer = new EventBuffer<int>(Items);
        Task writing = Task.Run(() =>
        {
            for (int i = 0; i < Items; i++)
            {
                buffer.Add(i, EventPriority.Normal);
            }
        });
        int next = 0;
        while (next < Items)
        {
            using var stop = new CancellationTokenSource();
            ValueTask<bool> waiting = buffer.WaitAsync(stop.Token);
            await stop.CancelAsync();
            try
            {
                await waiting;
            }
            catch (OperationCanceledException)
            {
                continue;
            }

            while (buffer.TryTake(out int item, out long lost))
            {
                Assert.Equal((next++, 0), (item, lost));
            }
        }

        await Deadline.Within(writing);
    }

    private static List<(T Item, long Lost)> TakeAll<T>(EventBuffer<T> buffer)
    {
        var all = new List<(T, long)>();
        while (buffer.TryTake(out T? item, out long lost))
        {
            all.Add((item, lost));
        }

        return all;
    }
}
