using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using PerfConn.Dispatch;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>Both sides' waiting: a writer for room, a reader for ticks.</summary>
public sealed class LaneWaitingTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FaultObserver _faults;
    private readonly SemaphoreSlim _gate = new(0);
    private readonly SemaphoreSlim _entered = new(0);
    private readonly NumberedStreams _streams = new(4);
    private readonly AccountingHandler _handler;

    public LaneWaitingTests()
    {
        _faults = new FaultObserver(NullLogger.Instance, _time);
        _handler = new AccountingHandler
        {
            Before = _ =>
            {
                _entered.Release();
                Assert.True(_gate.Wait(TimeSpan.FromSeconds(20)));
            },
        };
    }

    public void Dispose()
    {
        _gate.Dispose();
        _entered.Dispose();
    }

    [Fact]
    public async Task A_writer_waits_for_room_and_nothing_is_lost()
    {
        (Lane lane, Task writing) = await StartBlockedAsync(CancellationToken.None);
        await Deadline.UntilAsync(() => lane.Statistics.Sent == 4, "the writer to be inside");
        Assert.False(writing.IsCompleted);
        Assert.Equal(new LaneStatistics(4, 1, 0, 0), lane.Statistics);
        _gate.Release(100);
        await Deadline.Within(writing);
        await Deadline.Within(lane.DisposeAsync().AsTask());
        Assert.Equal((4, null), (_handler.Ticks, _handler.Fault));
        Assert.Equal(0, lane.Statistics.Dropped);
    }

    [Fact]
    public async Task A_writer_gives_up_at_the_limit_and_the_hole_is_told()
    {
        (Lane lane, Task writing) = await StartBlockedAsync(CancellationToken.None);
        await Deadline.UntilAsync(() => lane.Statistics.Sent == 4, "the writer to be inside");
        await AdvanceUntilAsync(writing, TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1), expected: false);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Deadline.Within(writing);
        Assert.Equal(1, lane.Statistics.Dropped);
        _gate.Release(100);
        await Deadline.UntilAsync(() => lane.Statistics.Waiting == 0, "the lane to run dry");
        _streams.Send(lane, 0);
        await Deadline.Within(lane.DisposeAsync().AsTask());
        Assert.Equal((4, 1, null), (_handler.Ticks, _handler.Lost, _handler.Fault));
    }

    [Fact]
    public async Task Ending_the_lane_ends_the_wait()
    {
        (Lane lane, Task writing) = await StartBlockedAsync(CancellationToken.None);
        await Deadline.UntilAsync(() => lane.Statistics.Sent == 4, "the writer to be inside");
        lane.Complete();
        await Deadline.Within(writing);
        Assert.Equal(1, lane.Statistics.Dropped);
        _gate.Release(100);
        await Deadline.Within(lane.DisposeAsync().AsTask());
        Assert.Equal(3, _handler.Ticks);
    }

    [Fact]
    public async Task Closing_the_line_ends_the_wait_and_all_later_ones()
    {
        using var closing = new CancellationTokenSource();
        (Lane lane, Task writing) = await StartBlockedAsync(closing.Token);
        await closing.CancelAsync();
        await Deadline.Within(writing);
        await Deadline.Within(Task.Run(() => _streams.Send(lane, 0)));
        Assert.Equal(2, lane.Statistics.Dropped);
        _gate.Release(100);
        await Deadline.Within(lane.DisposeAsync().AsTask());
        Assert.Equal(3, _handler.Ticks);
    }

    [Fact]
    public async Task A_line_closed_before_it_began_never_waits()
    {
        using var closing = new CancellationTokenSource();
        await closing.CancelAsync();
        (Lane lane, Task writing) = await StartBlockedAsync(closing.Token);
        await Deadline.Within(writing);
        Assert.Equal(1, lane.Statistics.Dropped);
        _gate.Release(100);
        await Deadline.Within(lane.DisposeAsync().AsTask());
    }

    public static TheoryData<string> Waits => ["Async", "Thread", "Spin", "Yield", "Park", "ParkAtOnce"];

    /// <summary>Ticks at every distance from each other, so that the reader is found awake, on its way to sleep, and asleep.</summary>
    [Theory]
    [MemberData(nameof(Waits))]
    public async Task No_wake_up_is_lost(string name)
    {
        LaneWait wait = name switch
        {
            "Async" => LaneWait.Async,
            "Thread" => LaneWait.Thread,
            "Spin" => LaneWait.Spin(),
            "Yield" => LaneWait.Spin(IdleStrategy.Yield(1)),
            "Park" => LaneWait.Spin(IdleStrategy.Park(TimeSpan.FromMicroseconds(20))),
            _ => LaneWait.Spin(IdleStrategy.Park(TimeSpan.Zero)),
        };
        var handler = new AccountingHandler();
        foreach (LanePolicy policy in Enum.GetValues<LanePolicy>())
        {
            await using Lane lane = Lane.Start(handler, Delivery.Lane(8, policy, wait), _faults);
            var streams = new NumberedStreams(2);
            for (int i = 0; i < 5000; i++)
            {
                streams.Send(lane, 0);
                if (i % 8 != 0)
                {
                    long start = TimeProvider.System.GetTimestamp();
                    while (lane.Statistics.Waiting != 0)
                    {
                        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"tick {i} is never taken");
                        Thread.Yield();
                    }
                }

                Thread.SpinWait(i % 97);
            }

            await Deadline.Within(lane.DisposeAsync().AsTask());
            Assert.Null(handler.Fault);
            handler = new AccountingHandler();
        }
    }

    [Fact]
    public async Task A_lane_on_the_pool_gives_its_thread_back_while_it_never_runs_dry()
    {
        // Enough to fill many turns; the lane must come back to the end of the pool's queue and finish all the same.
        var handler = new AccountingHandler();
        await using Lane lane = Lane.Start(handler, Delivery.Lane(64, LanePolicy.Wait), _faults);
        for (int i = 0; i < 20_000; i++)
        {
            _streams.Send(lane, i % 4);
        }

        await Deadline.Within(lane.DisposeAsync().AsTask());
        Assert.Equal((20_000, null), (handler.Ticks, handler.Fault));
    }

    /// <summary>A lane of two with one tick in the handler, two waiting, and a writer inside with a fourth.</summary>
    private async Task<(Lane Lane, Task Writing)> StartBlockedAsync(CancellationToken closing)
    {
        Lane lane = Lane.Start(_handler, Delivery.Lane(2, LanePolicy.Wait), _faults, closing);
        _streams.Send(lane, 0);
        Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(20), CancellationToken.None));
        _streams.Send(lane, 0);
        _streams.Send(lane, 0);
        return (lane, Task.Run(() => _streams.Send(lane, 0), CancellationToken.None));
    }

    private async Task AdvanceUntilAsync(Task task, TimeSpan time, bool expected)
    {
        _time.Advance(time);

        // Real time enough for the writer to have looked at the clock a few times.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        await timer.WaitForNextTickAsync();
        await timer.WaitForNextTickAsync();
        Assert.Equal(expected, task.IsCompleted);
    }
}
