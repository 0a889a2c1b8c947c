using System;
using System.Linq;
using System.Threading;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Diagnostics;
using Xunit;

namespace PerfConn.Tests.Diagnostics;

public class LogLinearHistogramTests
{
    [Fact]
    public void An_empty_one_says_zero()
    {
        var histogram = new LogLinearHistogram();

        Assert.Equal(0, histogram.Count);
        Assert.Equal(0, histogram.Min);
        Assert.Equal(0, histogram.Max);
        Assert.Equal(0, histogram.Mean);
        Assert.Equal(0, histogram.Percentile(50));
    }

    [Fact]
    public void Small_values_are_exact()
    {
        var histogram = new LogLinearHistogram();
        for (int value = 1; value <= 100; value++)
        {
            histogram.Record(value);
        }

        Assert.All(Enumerable.Range(1, 100), percent => Assert.Equal(percent, histogram.Percentile(percent)));
        Assert.Equal(1, histogram.Percentile(0));
        Assert.Equal(1, histogram.Percentile(-5));
        Assert.Equal(100, histogram.Percentile(200));
        Assert.Equal(50.5, histogram.Mean);
    }

    [Fact]
    public void A_single_value_is_never_reported_too_low_nor_more_than_a_64th_too_high()
    {
        Gen<long> values = from value in ArbMap.Default.GeneratorFor<long>() from shift in Gen.Choose(0, 62) select (value & long.MaxValue) >> shift;
        Prop.ForAll(Gen.OneOf(values, Gen.Elements(0L, 127L, 128L, 129L, long.MaxValue)).ToArbitrary(), value =>
        {
            var histogram = new LogLinearHistogram();
            histogram.Record(value);
            histogram.Record(long.MaxValue);
            long reported = histogram.Percentile(50);
            return reported >= value && reported - value <= value / 64;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public void Percentiles_are_those_of_the_sorted_values(ulong seed)
    {
        var random = new SplitMix(seed);
        long[] values = Enumerable.Range(0, 20_000).Select(_ => (long)(random.Next() >> (20 + random.Below(40)))).ToArray();
        var histogram = new LogLinearHistogram();
        Array.ForEach(values, histogram.Record);
        Array.Sort(values);

        foreach (double percent in new[] { 0.01, 1, 25, 50, 90, 99, 99.9, 100 })
        {
            long exact = values[(int)Math.Ceiling((decimal)percent * values.Length / 100) - 1];
            Assert.InRange(histogram.Percentile(percent), exact, exact + (exact / 64));
        }

        Assert.Equal(values.Length, histogram.Count);
        Assert.Equal(values[0], histogram.Min);
        Assert.Equal(values[^1], histogram.Max);
        Assert.Equal(values.Average(), histogram.Mean, values.Average() * 1e-9);
    }

    [Fact]
    public void A_clock_that_stepped_back_counts_as_zero()
    {
        var histogram = new LogLinearHistogram();
        histogram.Record(-5);
        histogram.Record(long.MinValue);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Max);
        Assert.Equal(0, histogram.Mean);
    }

    [Fact]
    public void Adding_gives_what_recording_in_one_would_have_given()
    {
        var one = new LogLinearHistogram();
        var other = new LogLinearHistogram();
        var both = new LogLinearHistogram();
        for (long value = 1; value < 1_000_000_000; value *= 3)
        {
            (value % 2 == 0 ? one : other).Record(value * 2);
            one.Record(value);
            both.Record(value * 2);
            both.Record(value);
        }

        one.Add(other);
        one.Add(new LogLinearHistogram());

        Assert.Equal(both.Count, one.Count);
        Assert.Equal(both.Mean, one.Mean);
        Assert.Equal((both.Min, both.Max), (one.Min, one.Max));
        Assert.All(Enumerable.Range(0, 101), percent => Assert.Equal(both.Percentile(percent), one.Percentile(percent)));
    }

    [Fact]
    public void Reset_forgets_everything()
    {
        var histogram = new LogLinearHistogram();
        histogram.Record(7);
        histogram.Reset();

        Assert.Equal((0L, 0L, 0L, 0d), (histogram.Count, histogram.Min, histogram.Max, histogram.Mean));
        histogram.Record(9);
        Assert.Equal((1L, 9L, 9L, 9d), (histogram.Count, histogram.Min, histogram.Max, histogram.Mean));
    }

    [Fact]
    public void Another_thread_may_read_while_one_records()
    {
        var histogram = new LogLinearHistogram();
        bool done = false;
        var threads = new ThreadGroup();
        threads.Add(() =>
        {
            for (int i = 1; i <= 300_000; i++)
            {
                histogram.Record(1 + (i & 1023));
            }

            Volatile.Write(ref done, true);
        });
        threads.Add(() =>
        {
            long last = 0;
            while (!Volatile.Read(ref done))
            {
                long count = histogram.Count;
                Assert.InRange(count, last, 300_000);
                Assert.InRange(histogram.Percentile(99), last == 0 ? 0 : 1, 1024);
                last = count;
            }
        });
        threads.Run();

        Assert.Equal(300_000, histogram.Count);
    }

    [Fact]
    public void Recording_and_reading_allocate_nothing()
    {
        var histogram = new LogLinearHistogram();
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                histogram.Record((long)i << (i & 31));
            }

            histogram.Add(histogram);
            Assert.True(histogram.Percentile(99) > 0);
        });
    }
}
