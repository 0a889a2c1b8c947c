using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using Xunit;

namespace PerfConn.Tests.Subscriptions;

public sealed class RequestPacerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Who_waits_gets_out_one_after_the_other()
    {
        var pacer = new RequestPacer(new VenueLimits { MessagesPerWindow = 2 }, _time);
        await pacer.WaitAsync(CancellationToken.None);
        Task second = pacer.WaitAsync(CancellationToken.None).AsTask();
        Task third = pacer.WaitAsync(CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        await Deadline.Within(second);
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                return third.IsCompletedSuccessfully;
            },
            "the third to get out");
    }

    [Fact]
    public async Task Requests_beyond_the_window_wait_and_leave_a_place_for_a_pong()
    {
        var pacer = new RequestPacer(new VenueLimits(), _time);
        for (int i = 0; i < 4; i++)
        {
            Assert.True(pacer.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
        }

        Task fifth = pacer.WaitAsync(CancellationToken.None).AsTask();
        Task sixth = pacer.WaitAsync(CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(fifth.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await Deadline.Within(fifth);
        await Deadline.Within(sixth);
    }

    [Fact]
    public async Task Pongs_count()
    {
        var pacer = new RequestPacer(new VenueLimits { MessagesPerWindow = 2 }, _time);
        pacer.RecordControl();
        Task waiting = pacer.WaitAsync(CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1100));
        await Deadline.Within(waiting);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_its_turn_to_the_next()
    {
        var pacer = new RequestPacer(new VenueLimits { MessagesPerWindow = 2 }, _time);
        await pacer.WaitAsync(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Task given = pacer.WaitAsync(cancel.Token).AsTask();
        Task next = pacer.WaitAsync(CancellationToken.None).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(given));
        await Deadline.UntilAsync(() => _time.Waiting > 0, "the next one to wait for the window");
        _time.Advance(TimeSpan.FromMilliseconds(1100));
        await Deadline.Within(next);
    }
}
