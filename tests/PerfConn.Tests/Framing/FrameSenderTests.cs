using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.MessageRecord;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing;

public class FrameSenderTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_send_completes_when_its_frame_has_been_handed_over()
    {
        Pipe pipe = BlockingPipe();
        var sender = Sending.Over(pipe.Writer);

        Task sent = sender.SendAsync(Wire.Text, "a"u8).AsTask();
        Assert.False(sent.IsCompleted);

        Assert.Equal([RecordingSink.Message("a"u8, true)], await ReadAsync(pipe.Reader));
        await sent.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Frames_that_come_while_one_is_written_go_out_together_in_order()
    {
        Pipe pipe = BlockingPipe();
        var sender = Sending.Over(pipe.Writer);
        Task[] sends = [.. Enumerable.Range(0, 100).Select(i => sender.SendAsync(Wire.Text, Encoding.UTF8.GetBytes($"{i}")).AsTask())];

        Assert.Equal([RecordingSink.Message("0"u8, true)], await ReadAsync(pipe.Reader));
        Assert.Equal(
            Enumerable.Range(1, 99).Select(i => RecordingSink.Message(Encoding.UTF8.GetBytes($"{i}"), true)), await ReadAsync(pipe.Reader), StringComparer.Ordinal);
        await Task.WhenAll(sends).WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Pongs_go_out_ahead_of_data_and_in_the_order_of_their_pings()
    {
        Pipe pipe = BlockingPipe();
        var sender = Sending.Over(pipe.Writer);
        _ = sender.SendAsync(Wire.Text, "first"u8);
        Task second = sender.SendAsync(Wire.Text, "second"u8).AsTask();
        sender.SendPong("1"u8);
        sender.SendPong(Wire.Bytes(125));
        sender.SendPong("3"u8);
        Task third = sender.SendAsync(Wire.Text, "third"u8).AsTask();

        Assert.Equal([RecordingSink.Message("first"u8, true)], await ReadAsync(pipe.Reader));
        Assert.Equal([RecordingSink.Control(ControlFrame.Pong, "1"u8)], await ReadAsync(pipe.Reader));
        Assert.Equal([RecordingSink.Control(ControlFrame.Pong, Wire.Bytes(125))], await ReadAsync(pipe.Reader));
        Assert.Equal([RecordingSink.Control(ControlFrame.Pong, "3"u8)], await ReadAsync(pipe.Reader));
        Assert.Equal([RecordingSink.Message("second"u8, true), RecordingSink.Message("third"u8, true)], await ReadAsync(pipe.Reader));
        await Task.WhenAll(second, third).WaitAsync(s_deadline);
    }

    [Fact]
    public async Task A_pong_alone_goes_out_at_once()
    {
        Pipe pipe = BlockingPipe();
        Sending.Over(pipe.Writer).SendPong("now"u8);

        Assert.Equal([RecordingSink.Control(ControlFrame.Pong, "now"u8)], await ReadAsync(pipe.Reader));
    }

    [Fact]
    public async Task A_flood_of_pings_costs_a_fixed_number_of_pongs_and_no_memory()
    {
        Pipe pipe = BlockingPipe();
        var sender = Sending.Over(pipe.Writer);
        _ = sender.SendAsync(Wire.Text, "blocks"u8);
        AllocationBudget.AssertZero(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                sender.SendPong("x"u8);
            }
        });
        sender.SendPong("last"u8);

        Assert.Single(await ReadAsync(pipe.Reader));
        for (int i = 1; i < PongQueue.Capacity; i++)
        {
            Assert.Equal([RecordingSink.Control(ControlFrame.Pong, "x"u8)], await ReadAsync(pipe.Reader));
        }

        Assert.Equal([RecordingSink.Control(ControlFrame.Pong, "last"u8)], await ReadAsync(pipe.Reader));
        Assert.False(pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task The_frames_of_each_sender_keep_their_order_and_none_is_torn()
    {
        const int Senders = 8;
        const int Frames = 400;
        var pipe = new Pipe();
        var sender = Sending.Over(pipe.Writer, new WebSocketFrameEncoder(new MaskKeys()));
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] senders = [.. Enumerable.Range(0, Senders).Select(number => Task.Run(() => SendAllAsync(sender, number, Frames, start.Task)))];
        start.SetResult();

        // Every fifth frame was awaited, the others were not: both kinds stand in one order.
        var received = new List<string>();
        var parser = new WebSocketFrameParser<ServerRole>(FrameLimits.Default);
        var sink = new TextSink(received);
        while (received.Count < Senders * Frames)
        {
            ReadResult read = await pipe.Reader.ReadAsync().AsTask().WaitAsync(s_deadline);
            Assert.Equal(FrameFault.None, parser.Parse(read.Buffer, ref sink, out SequencePosition consumed));
            pipe.Reader.AdvanceTo(consumed, read.Buffer.End);
        }

        await Task.WhenAll(senders).WaitAsync(s_deadline);
        foreach (IGrouping<string, string> bySender in received.GroupBy(text => text.Split(' ')[0], StringComparer.Ordinal))
        {
            Assert.Equal(Enumerable.Range(0, Frames).Select(i => $"{bySender.Key} {i} {new string('.', i % 90)}"), bySender, StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task The_first_failure_fails_all_that_wait_and_all_that_come_later()
    {
        var output = new HeldWriter();
        var sender = Sending.Over(output);
        Task[] waiting = [sender.SendAsync(Wire.Text, "a"u8).AsTask(), sender.SendAsync(Wire.Text, "b"u8).AsTask()];
        var failure = new IOException("the cable is out");

        output.Fail(failure);

        foreach (Task send in waiting)
        {
            Assert.Same(failure, (await Assert.ThrowsAsync<NetworkException>(() => send.WaitAsync(s_deadline))).InnerException);
        }

        Exception one = sender.Failure!;
        Assert.Same(one, await Assert.ThrowsAsync<NetworkException>(() => sender.SendAsync(Wire.Text, "c"u8).AsTask()));
        sender.SendPong("p"u8);
        Assert.Same(one, await Assert.ThrowsAsync<NetworkException>(() => sender.SendAsync(Wire.Text, "d"u8).AsTask()));
        Assert.Equal(SendOutcome.Closed, sender.TrySend(Wire.Text, "e"u8));
        Assert.Equal("ws://venue.test/ws?token=***: the connection was lost while sending: the cable is out", one.Message);
        Assert.Equal(1, output.Writes);
    }

    [Fact]
    public async Task A_transport_that_has_stopped_reading_is_a_failure()
    {
        var pipe = new Pipe();
        var sender = Sending.Over(pipe.Writer);
        await pipe.Reader.CompleteAsync();

        await Assert.ThrowsAsync<NetworkException>(() => sender.SendAsync(Wire.Text, "into the void"u8).AsTask());
        await Assert.ThrowsAsync<NetworkException>(() => sender.SendAsync(Wire.Text, "again"u8).AsTask());
    }

    [Fact]
    public async Task A_write_that_is_cancelled_is_a_failure()
    {
        Pipe pipe = BlockingPipe();
        var sender = Sending.Over(pipe.Writer);
        Task sent = sender.SendAsync(Wire.Text, "a"u8).AsTask();

        pipe.Writer.CancelPendingFlush();

        await Assert.ThrowsAsync<NetworkException>(() => sent.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task Nobody_waits_for_a_lock_while_a_write_blocks_its_thread()
    {
        using var release = new ManualResetEventSlim();
        var output = new HeldWriter(release);
        var sender = Sending.Over(output);
        Task blocked = Task.Run(() => sender.SendAsync(Wire.Text, "a"u8).AsTask());
        await output.Entered.WaitAsync(s_deadline);

        Task later = await Task.Run(() =>
        {
            sender.SendPong("p"u8);
            return Task.FromResult(sender.SendAsync(Wire.Text, "b"u8).AsTask());
        }).WaitAsync(s_deadline);

        Assert.False(later.IsCompleted);
        output.Succeed();
        release.Set();
        await Task.WhenAll(blocked, later).WaitAsync(s_deadline);
    }

    /// <summary>The reader's thread completes the write here, and must not be handed the sender's code.</summary>
    [Fact]
    public async Task What_follows_a_send_does_not_run_on_the_stack_of_whoever_completes_the_write()
    {
        Pipe pipe = BlockingPipe();
        FrameSender sender = Sending.Over(pipe.Writer);
        using var release = new ManualResetEventSlim();
        var ran = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Follow(sender.SendAsync(Wire.Text, "a"u8), () =>
        {
            release.Wait(s_deadline);
            ran.SetResult(Environment.CurrentManagedThreadId);
        });
        Assert.True(pipe.Reader.TryRead(out ReadResult read));
        SequencePosition end = read.Buffer.End;
        int reader = 0;
        var reading = new Thread(() =>
        {
            reader = Environment.CurrentManagedThreadId;
            pipe.Reader.AdvanceTo(end);
        });
        reading.Start();
        Assert.True(reading.Join(TimeSpan.FromSeconds(10)));
        Assert.False(ran.Task.IsCompleted);
        release.Set();
        Assert.NotEqual(reader, await ran.Task.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task Records_go_out_the_same_way()
    {
        Pipe pipe = BlockingPipe();
        var sender = Sending.Over(pipe.Writer, new MessageRecordEncoder());
        Task sent = sender.SendAsync(Wire.Binary, "abc"u8).AsTask();
        ReadResult read = await pipe.Reader.ReadAsync().AsTask().WaitAsync(s_deadline);

        Assert.Equal([3, 0, 0, 0, 2, 1, 0, 0, .. "abc"u8], read.Buffer.ToArray());
        pipe.Reader.AdvanceTo(read.Buffer.End);
        await sent.WaitAsync(s_deadline);
    }

    /// <summary>A sender's thread writes its own frame and goes; it is not kept to carry what others bring.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_senders_thread_carries_its_own_frame_and_leaves_the_rest_to_others(bool awaits)
    {
        FrameSender? sender = null;
        using var release = new ManualResetEventSlim();
        var second = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        sender = Sending.Over(new HookWriter(number =>
        {
            if (number == 1)
            {
                Assert.Equal(SendOutcome.Accepted, sender!.TrySend(Wire.Text, "of another"u8));
            }
            else
            {
                second.TrySetResult(Environment.CurrentManagedThreadId);
                release.Wait(s_deadline);
            }
        }));
        bool isOut = false;
        var sending = new Thread(() => isOut = awaits ? sender.SendAsync(Wire.Text, "own"u8).IsCompletedSuccessfully : sender.TrySend(Wire.Text, "own"u8) == SendOutcome.Accepted);
        sending.Start();
        Assert.True(sending.Join(TimeSpan.FromSeconds(10)));
        Assert.True(isOut);
        Assert.NotEqual(sending.ManagedThreadId, await second.Task.WaitAsync(s_deadline));
        release.Set();
        await Deadline.UntilAsync(() => sender.PendingBytes == 0, "the rest");
    }

    /// <summary>Runs an action after a send as an await without a context would.</summary>
    private static void Follow(ValueTask send, Action next)
    {
        ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter = send.ConfigureAwait(false).GetAwaiter();
        awaiter.UnsafeOnCompleted(() =>
        {
            awaiter.GetResult();
            next();
        });
    }

    /// <summary>A pipe in which every write waits until the reader has taken it.</summary>
    private static Pipe BlockingPipe() => new(new PipeOptions(
        pauseWriterThreshold: 1, resumeWriterThreshold: 1, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    private static async Task SendAllAsync(FrameSender sender, int number, int frames, Task start)
    {
        await start;
        for (int i = 0; i < frames; i++)
        {
            Task sent = sender.SendAsync(Wire.Text, Encoding.UTF8.GetBytes($"{number} {i} {new string('.', i % 90)}")).AsTask();
            if (i % 5 == 0)
            {
                await sent;
            }
        }
    }

    /// <summary>One read, parsed as a client sees it.</summary>
    private static async Task<List<string>> ReadAsync(PipeReader reader)
    {
        ReadResult read = await reader.ReadAsync().AsTask().WaitAsync(s_deadline);
        var events = new List<string>();
        var sink = new RecordingSink(events);
        var parser = new WebSocketFrameParser<ClientRole>(FrameLimits.Default);
        Assert.Equal(FrameFault.None, parser.Parse(read.Buffer, ref sink, out SequencePosition consumed));
        Assert.True(read.Buffer.Slice(consumed).IsEmpty);
        reader.AdvanceTo(read.Buffer.End);
        return events;
    }

    private readonly struct TextSink(List<string> texts) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => texts.Add(Encoding.UTF8.GetString(payload));

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }
    }
}
