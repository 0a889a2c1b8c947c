using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FsCheck;
using FsCheck.Fluent;
using PerfConn.Resilience;
using Xunit;

namespace PerfConn.Tests.Resilience;

public sealed class ConnectRateTests
{
    private readonly ManualTimeProvider _time = new();

    /// <summary>Whatever the demand, no window holds more connects than allowed, and beyond the first four those that come back keep their distance.</summary>
    [Fact]
    public void The_window_is_exact_and_reconnects_keep_their_distance()
    {
        Prop.ForAll(
            Gen.Choose(1, 8).ToArbitrary(),
            Gen.Choose(10, 80).ToArbitrary(),
            Gen.Choose(0, 29).ArrayOf(200).ToArbitrary(),
            (connects, window, demand) =>
            {
                var pacing = new ConnectPacing(connects, window);
                var all = new List<long>();
                var back = new List<long>();
                long now = 0;
                foreach (int step in demand)
                {
                    bool isReconnect = step % 3 > 0;
                    now += step / 3;
                    now += pacing.Delay(now, isReconnect);
                    Assert.Equal(0, pacing.Delay(now, isReconnect));
                    pacing.Take(now, isReconnect);
                    all.Add(now);
                    if (isReconnect)
                    {
                        back.Add(now);
                    }
                }

                for (int i = connects; i < all.Count; i++)
                {
                    Assert.True(all[i] - all[i - connects] >= window);
                }

                for (int i = 4; i < back.Count; i++)
                {
                    Assert.True(back[i] - back[i - 4] >= window / connects, $"five within {back[i] - back[i - 4]} of {window}/{connects}");
                }
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Who_waits_is_admitted_first_come_first_served_and_not_too_early()
    {
        var rate = Rate(2, 10);
        await rate.WaitAsync(false, default);
        await rate.WaitAsync(false, default);
        var admitted = new List<int>();
        Task[] waits = [.. Enumerable.Range(0, 5).Select(i => EnterAsync(rate, i, admitted, default))];
        Assert.Equal(5, rate.Waiting);
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(5, rate.Waiting);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(3, rate.Waiting);
        await Deadline.Within(Task.WhenAll(waits[..2]));
        _time.Advance(TimeSpan.FromSeconds(10));
        await Deadline.Within(Task.WhenAll(waits[..4]));
        _time.Advance(TimeSpan.FromSeconds(10));
        await Deadline.Within(Task.WhenAll(waits));
        Assert.Equal([0, 1, 2, 3, 4], admitted.Order());
        Assert.Equal([0, 1], admitted[..2].Order());
        Assert.Equal([2, 3], admitted[2..4].Order());
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_takes_no_place()
    {
        var rate = Rate(1, 10);
        await rate.WaitAsync(false, default);
        using var first = new CancellationTokenSource();
        var admitted = new List<int>();
        Task cancelled = EnterAsync(rate, 0, admitted, first.Token);
        Task second = EnterAsync(rate, 1, admitted, default);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(cancelled));
        Assert.Equal(1, rate.Waiting);
        _time.Advance(TimeSpan.FromSeconds(10));
        await Deadline.Within(second);
        Assert.Equal([1], admitted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rate.WaitAsync(false, first.Token).AsTask());
    }

    [Fact]
    public async Task Many_threads_never_get_more_than_the_window_allows()
    {
        var rate = new ConnectRate(100, TimeSpan.FromHours(1));
        using var stop = new CancellationTokenSource();
        int admitted = 0;
        Task[] all = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var waits = new List<Task>();
            for (int i = 0; i < 100; i++)
            {
                ValueTask wait = rate.WaitAsync(i % 2 == 0, stop.Token);
                if (wait.IsCompletedSuccessfully)
                {
                    Interlocked.Increment(ref admitted);
                }

                waits.Add(wait.AsTask());
            }

            await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }))];
        await Deadline.UntilAsync(() => admitted + rate.Waiting == 400, "all have asked");
        Assert.InRange(admitted, 4, 100);
        await stop.CancelAsync();
        await Deadline.Within(Task.WhenAll(all));
        Assert.Equal(0, rate.Waiting);
    }

    [Fact]
    public void Nonsense_is_refused_by_name()
    {
        Assert.Equal("connects", Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectRate(0, TimeSpan.FromSeconds(1))).ParamName);
        Assert.Equal("window", Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectRate(1, TimeSpan.Zero)).ParamName);
        Assert.Equal("margin", Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectRate(1, TimeSpan.FromSeconds(1), TimeSpan.FromTicks(-1))).ParamName);
    }

    private static async Task EnterAsync(ConnectRate rate, int number, List<int> admitted, CancellationToken cancellationToken)
    {
        await rate.WaitAsync(false, cancellationToken);
        lock (admitted)
        {
            admitted.Add(number);
        }
    }

    private ConnectRate Rate(int connects, double seconds) => new(connects, TimeSpan.FromSeconds(seconds), TimeSpan.Zero, _time);
}
