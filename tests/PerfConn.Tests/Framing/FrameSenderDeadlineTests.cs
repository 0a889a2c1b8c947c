using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Tests.Connections;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing;

/// <summary>A write has its deadline, to the tick of the clock (RELIABILITY B01, B02, D19), and a line that cannot send is cut.</summary>
public sealed class FrameSenderDeadlineTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);
    private static readonly SendLimits s_limits = new() { Deadline = TimeSpan.FromSeconds(3), MaxPendingBytes = 1000 };

    private readonly ManualTimeProvider _time = new();
    private int _aborts;

    [Fact]
    public async Task A_write_that_takes_too_long_cuts_the_line_and_fails_all_with_one_error()
    {
        FrameSender sender = Over(new HeldWriter());
        Task[] sends =
        [
            sender.SendAsync(Wire.Text, Wire.Bytes(500)).AsTask(),
            sender.SendAsync(Wire.Text, Wire.Bytes(400)).AsTask(),
            sender.SendAsync(Wire.Text, Wire.Bytes(800)).AsTask(),
        ];
        _time.Advance(s_limits.Deadline - s_tick);
        Assert.Equal(0, _aborts);
        Assert.All(sends, send => Assert.False(send.IsCompleted));

        _time.Advance(s_tick);

        Assert.Equal(1, _aborts);
        foreach (Task send in sends)
        {
            SendTimeoutException late = await Assert.ThrowsAsync<SendTimeoutException>(() => Deadline.Within(send));
            Assert.Same(sender.Failure, late);
            Assert.Equal((908, s_limits.Deadline), (late.PendingBytes, late.Deadline));
            Assert.Equal("ws://venue.test/ws?token=***: the peer took nothing for 3 s; 908 bytes were pending and the connection was cut", late.Message);
        }

        Assert.Same(sender.Failure, await Assert.ThrowsAsync<SendTimeoutException>(() => sender.SendAsync(Wire.Text, "later"u8).AsTask()));
    }

    [Fact]
    public async Task A_transport_that_blocks_its_caller_is_held_to_the_deadline_too()
    {
        using var release = new ManualResetEventSlim();
        var output = new HeldWriter(release);
        FrameSender sender = Over(output);
        Task blocked = Task.Run(() => sender.SendAsync(Wire.Text, "a"u8).AsTask());
        await Deadline.Within(output.Entered);
        Task waiting = sender.SendAsync(Wire.Text, "b"u8).AsTask();

        _time.Advance(s_limits.Deadline);

        Assert.Equal(1, _aborts);
        await Assert.ThrowsAsync<SendTimeoutException>(() => Deadline.Within(waiting));
        output.Succeed();
        release.Set();
        await Assert.ThrowsAsync<SendTimeoutException>(() => Deadline.Within(blocked));
        Assert.Equal(1, output.Writes);
    }

    [Fact]
    public async Task A_pong_that_cannot_be_written_cuts_the_line_like_any_write()
    {
        var output = new HeldWriter();
        FrameSender sender = Over(output);
        sender.SendPong("p"u8);
        await Deadline.Within(output.Entered);
        await Deadline.UntilAsync(() => _time.Waiting == 1, "the deadline");
        _time.Advance(s_limits.Deadline);
        Assert.Equal(1, _aborts);
        Assert.IsType<SendTimeoutException>(sender.Failure);
    }

    [Fact]
    public async Task A_pong_is_never_written_on_the_thread_that_asks_for_it()
    {
        using var release = new ManualResetEventSlim();
        var output = new HeldWriter(release);
        FrameSender sender = Over(output);
        var asking = new Thread(() => sender.SendPong("p"u8));
        asking.Start();
        Assert.True(asking.Join(TimeSpan.FromSeconds(20)));
        await Deadline.Within(output.Entered);
        output.Succeed();
        release.Set();
        await Deadline.UntilAsync(() => sender.TrySend(Wire.Text, "next"u8) == SendOutcome.Accepted, "the sender to go on");
    }

    [Fact]
    public async Task Each_write_has_the_whole_deadline_to_itself()
    {
        var output = new StepWriter();
        FrameSender sender = Over(output);
        for (int i = 0; i < 5; i++)
        {
            Task sent = sender.SendAsync(Wire.Text, "a"u8).AsTask();
            _time.Advance(s_limits.Deadline - s_tick);
            output.Step();
            await Deadline.Within(sent);
        }

        _time.Advance(10 * s_limits.Deadline);
        Assert.Equal(0, _time.Waiting);
        Task last = sender.SendAsync(Wire.Text, "a"u8).AsTask();
        _time.Advance(s_limits.Deadline - s_tick);
        Assert.Equal(0, _aborts);
        _time.Advance(s_tick);
        Assert.Equal(1, _aborts);
        await Assert.ThrowsAsync<SendTimeoutException>(() => Deadline.Within(last));
    }

    [Fact]
    public async Task A_large_frame_has_the_deadline_for_each_part_that_the_peer_takes()
    {
        var output = new StepWriter();
        FrameSender sender = Over(output);
        Task sent = sender.SendAsync(Wire.Binary, Wire.Bytes(300_000)).AsTask();
        for (int i = 0; i < 5; i++)
        {
            await Deadline.UntilAsync(() => output.Writes == i + 1, "the next part");
            Assert.False(sent.IsCompleted);
            _time.Advance(s_limits.Deadline - s_tick);
            output.Step();
        }

        await Deadline.Within(sent);
        Assert.Equal(0, _aborts);
    }

    [Fact]
    public async Task A_failed_write_leaves_the_read_side_a_second_and_then_cuts_the_line()
    {
        var output = new HeldWriter();
        FrameSender sender = Over(output);
        Task sent = sender.SendAsync(Wire.Text, "a"u8).AsTask();
        output.Fail(new System.IO.IOException("reset"));
        await Assert.ThrowsAsync<NetworkException>(() => Deadline.Within(sent));
        await Deadline.UntilAsync(() => _time.Waiting == 1, "the farewell");
        _time.Advance(TimeSpan.FromSeconds(1) - s_tick);
        Assert.Equal(0, _aborts);
        _time.Advance(s_tick);
        Assert.Equal(1, _aborts);
    }

    [Fact]
    public async Task Without_a_deadline_a_write_may_take_for_ever()
    {
        var output = new HeldWriter();
        FrameSender sender = Sending.Over(output, limits: new SendLimits { Deadline = Timeout.InfiniteTimeSpan }, time: _time, onAbort: () => _aborts++);
        Task sent = sender.SendAsync(Wire.Text, "a"u8).AsTask();
        _time.Advance(TimeSpan.FromDays(100));
        Assert.False(sent.IsCompleted);
        output.Succeed();
        await Deadline.Within(sent);
    }

    [Fact]
    public async Task An_ended_sender_keeps_no_timer()
    {
        FrameSender sender = Over(new HeldWriter());
        Task sent = sender.SendAsync(Wire.Text, "a"u8).AsTask();
        Assert.Equal(1, _time.Waiting);
        sender.End(new LineClosedException(Sending.Address, "over"));
        Assert.Equal(0, _time.Waiting);
        await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(sent));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(86_401.0)]
    public void A_deadline_that_makes_no_sense_is_refused(double seconds) =>
        Assert.Equal(["SendLimits.Deadline"], WrongOptions.In(new LineOptions { SendLimits = new SendLimits { Deadline = TimeSpan.FromSeconds(seconds) } }));

    [Fact]
    public void A_bound_that_makes_no_sense_is_refused() =>
        Assert.Equal(["SendLimits.MaxPendingBytes"], WrongOptions.In(new LineOptions { SendLimits = new SendLimits { MaxPendingBytes = 0 } }));

    private FrameSender Over(System.IO.Pipelines.PipeWriter output) => Sending.Over(output, limits: s_limits, time: _time, onAbort: () => _aborts++);
}
