using System;
using PerfConn.Connections;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>The time limit of a message, on a clock of the test's own.</summary>
public sealed class MessageWatchTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _time = new();
    private readonly ReceiveProgress _progress = new(start: 0);
    private readonly MessageWatch _watch;
    private int _tooSlow;
    private long _frames;

    public MessageWatchTests() => _watch = new MessageWatch(_progress, s_limit, _time, () => _tooSlow++);

    public void Dispose() => _watch.Dispose();

    /// <summary>Wherever between two looks the message begins.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(14.999)]
    [InlineData(15)]
    [InlineData(100)]
    public void A_message_has_its_time_and_at_most_a_quarter_more(double after)
    {
        _time.Advance(TimeSpan.FromSeconds(after));
        Grow();
        for (int second = 0; second < 59; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Grow();
        }

        _time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.Equal(0, _tooSlow);
        _time.Advance(TimeSpan.FromSeconds(15.001));
        Assert.Equal(1, _tooSlow);
    }

    [Fact]
    public void It_speaks_once()
    {
        Grow();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, _tooSlow);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public void Messages_that_end_are_none_of_its_business_however_the_reads_cut_them()
    {
        for (int minute = 0; minute < 1000; minute++)
        {
            Grow();
            _time.Advance(TimeSpan.FromSeconds(59));
            _frames++;
        }

        Assert.Equal(0, _tooSlow);
    }

    [Fact]
    public void Silence_between_messages_is_none_of_its_business()
    {
        Grow();
        _time.Advance(TimeSpan.FromSeconds(30));
        _progress.EndHandling(isMidway: false, isLeft: false, isTaken: true, ++_frames);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, _tooSlow);
    }

    [Fact]
    public void A_handler_that_holds_the_line_does_not_cost_it()
    {
        // The end of the message stands in the kernel's buffer, or is what the handler has.
        Grow();
        _progress.BeginHandling(0);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _tooSlow);
        Grow();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, _tooSlow);
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(1, _tooSlow);
    }

    [Fact]
    public void A_look_that_comes_late_blames_nobody()
    {
        var clock = new SleepyClock();
        using var watch = new MessageWatch(_progress, s_limit, clock, () => _tooSlow++);
        Grow();
        clock.Look(after: 15);
        clock.Look(after: 3600);
        Assert.Equal(0, _tooSlow);
        clock.Look(after: 15);
        clock.Look(after: 15);
        clock.Look(after: 15);
        Assert.Equal(0, _tooSlow);
        clock.Look(after: 15);
        Assert.Equal(1, _tooSlow);
    }

    [Fact]
    public void After_its_end_it_does_not_look()
    {
        Grow();
        _watch.Dispose();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, _tooSlow);
    }

    private void Grow()
    {
        _progress.BeginHandling(0);
        _progress.EndHandling(isMidway: true, isLeft: false, isTaken: true, _frames);
    }

    /// <summary>A clock whose one timer fires when the test says so, however late.</summary>
    private sealed class SleepyClock : TimeProvider, System.Threading.ITimer
    {
        private long _now;
        private Action? _fire;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Look(int after)
        {
            _now += after * TimeSpan.TicksPerSecond;
            _fire!();
        }

        public override System.Threading.ITimer CreateTimer(System.Threading.TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public System.Threading.Tasks.ValueTask DisposeAsync() => default;
    }
}
