using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing;

/// <summary>What happens above the bound: senders wait in order, or are told; who gives up leaves no trace; nothing follows a Close frame.</summary>
public sealed class FrameSenderBackpressureTests
{
    private static readonly SendLimits s_small = new() { MaxPendingBytes = 1000 };

    private readonly HeldWriter _output = new();
    private readonly FrameSender _sender;

    public FrameSenderBackpressureTests()
    {
        _sender = Sending.Over(_output, limits: s_small);
        _ = _sender.SendAsync(Wire.Text, Wire.Bytes(900));
    }

    [Fact]
    public void A_send_that_does_not_wait_is_told_that_there_is_no_room()
    {
        Assert.Equal(SendOutcome.Accepted, _sender.TrySend(Wire.Text, Wire.Bytes(50)));
        long pending = _sender.PendingBytes;
        Assert.Equal(SendOutcome.Full, _sender.TrySend(Wire.Text, Wire.Bytes(50)));
        Assert.Equal(pending, _sender.PendingBytes);
        Assert.InRange(pending, 950, 1000);
    }

    [Fact]
    public async Task A_message_above_the_bound_goes_out_when_nothing_else_is_pending()
    {
        Task large = _sender.SendAsync(Wire.Binary, Wire.Bytes(200_000)).AsTask();
        Assert.Equal(904, _sender.PendingBytes);
        _output.Succeed();
        await Deadline.Within(large);
    }

    [Fact]
    public async Task Waiting_sends_go_out_in_the_order_in_which_they_came_and_small_ones_do_not_overtake()
    {
        byte[] wire = await WireOfAsync(
            async (sender, release) =>
            {
                Task[] sends = [.. Enumerable.Range(0, 50).Select(i => sender.SendAsync(Wire.Binary, Wire.Bytes(i % 7 == 0 ? 5000 : i)).AsTask())];
                Assert.Equal(SendOutcome.Full, sender.TrySend(Wire.Binary, [1]));
                release();
                await Deadline.Within(Task.WhenAll(sends));
            });

        int[] expected = [900, .. Enumerable.Range(0, 50).Select(i => i % 7 == 0 ? 5000 : i)];
        Assert.Equal(expected, MessagesOf(wire).Select(message => message.Length));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_wait_sends_nothing_and_costs_nobody_else_anything(bool copies)
    {
        byte[] wire = await WireOfAsync(
            async (sender, release) =>
            {
                using var cancel = new CancellationTokenSource();
                Task first = Send(sender, 700, default, copies);
                Task cancelled = Send(sender, 50, cancel.Token, copies);
                Task last = Send(sender, 60, default, copies);
                await cancel.CancelAsync();
                OperationCanceledException told = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(cancelled));
                Assert.Equal(cancel.Token, told.CancellationToken);
                release();
                await Deadline.Within(Task.WhenAll(first, last));
            });

        Assert.Equal([900, 700, 60], MessagesOf(wire).Select(message => message.Length));
    }

    [Fact]
    public async Task A_token_that_is_cancelled_when_the_send_is_asked_for_sends_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _sender.SendAsync(Wire.Text, "a"u8, new CancellationToken(canceled: true)).AsTask());
        Assert.Equal(904, _sender.PendingBytes);
    }

    [Fact]
    public async Task What_has_been_accepted_goes_out_whatever_its_token_says_later()
    {
        using var cancel = new CancellationTokenSource();
        Task sent = _sender.SendAsync(Wire.Text, "accepted"u8, cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.False(sent.IsCompleted);
        _output.Succeed();
        await Deadline.Within(sent);
    }

    [Fact]
    public async Task Copies_that_wait_are_bounded_and_the_next_is_refused_with_the_figures()
    {
        Task copied = _sender.SendAsync(Wire.Text, Wire.Bytes(800).AsSpan()).AsTask();
        SendBufferFullException full = await Assert.ThrowsAsync<SendBufferFullException>(() => _sender.SendAsync(Wire.Text, Wire.Bytes(300).AsSpan()).AsTask());
        Assert.Equal("ws://venue.test/ws?token=***: the send buffer is full: 904 bytes are pending, 800 more wait in copies", full.Message);

        // A caller that lends its own memory just waits.
        Task lent = _sender.SendAsync(Wire.Text, Wire.Bytes(300)).AsTask();
        _output.Succeed();
        await Deadline.Within(Task.WhenAll(copied, lent));
        await _sender.SendAsync(Wire.Text, Wire.Bytes(300).AsSpan()).Within();
    }

    [Fact]
    public async Task A_Close_frame_is_the_last_word_also_above_the_bound_and_who_waits_is_told()
    {
        byte[] wire = await WireOfAsync(
            async (sender, release) =>
            {
                Task accepted = sender.SendAsync(Wire.Text, "accepted"u8).AsTask();
                Task waiting = sender.SendAsync(Wire.Text, Wire.Bytes(800)).AsTask();
                Task close = sender.SendAsync(Wire.Close, new byte[] { 3, 232 }).AsTask();
                LineClosedException closing = await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(waiting));
                Assert.Same(closing, await Assert.ThrowsAsync<LineClosedException>(() => sender.SendAsync(Wire.Text, "late"u8).AsTask()));
                Assert.Equal(SendOutcome.Closed, sender.TrySend(Wire.Text, "late"u8));
                sender.SendPong("late"u8);
                release();
                await Deadline.Within(Task.WhenAll(accepted, close));
                sender.SendPong("later still"u8);
            });

        Assert.EndsWith(Convert.ToHexString(Wire.Join(Wire.Frame(Wire.Text, "accepted"), Wire.CloseFrame(1000))), Convert.ToHexString(wire), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pong_goes_between_two_chunks_and_not_behind_everything_that_is_pending()
    {
        byte[] wire = await WireOfAsync(
            async (sender, release) =>
            {
                Task[] sends = [.. Enumerable.Range(0, 20).Select(_ => sender.SendAsync(Wire.Binary, Wire.Bytes(10_000)).AsTask())];
                sender.SendPong("p"u8);
                release();
                await Deadline.Within(Task.WhenAll(sends));
            },
            new SendLimits());

        int pong = Convert.ToHexString(wire).IndexOf(Convert.ToHexString(Wire.Frame(Wire.Pong, "p")), StringComparison.Ordinal) / 2;
        Assert.InRange(pong, 900, 900 + 20_100);
    }

    [Fact]
    public async Task A_pong_waits_for_the_end_of_a_large_frame_and_does_not_tear_it()
    {
        byte[] large = Wire.Bytes(500_000);
        byte[] wire = await WireOfAsync(
            async (sender, release) =>
            {
                Task sent = sender.SendAsync(Wire.Binary, large).AsTask();
                release();
                sender.SendPong("p"u8);
                await Deadline.Within(sent);
                await Deadline.UntilAsync(() => sender.PendingBytes == 0, "the end");
            },
            new SendLimits());

        Assert.Equal(large, MessagesOf(wire)[1]);
    }

    [Fact]
    public async Task Disposal_fails_everything_that_waits_with_one_typed_error()
    {
        Task[] sends =
        [
            _sender.SendAsync(Wire.Text, "accepted"u8).AsTask(),
            _sender.SendAsync(Wire.Text, Wire.Bytes(700)).AsTask(),
            _sender.SendAsync(Wire.Text, Wire.Bytes(600).AsSpan()).AsTask(),
        ];
        var end = new LineClosedException(Sending.Address, "over");
        _sender.End(end);
        foreach (Task send in sends)
        {
            Assert.Same(end, await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(send)));
        }

        _sender.End(new LineClosedException(Sending.Address, "again"));
        Assert.Same(end, _sender.Failure);
    }

    [Fact]
    public async Task A_message_that_the_framing_cannot_write_fails_its_own_sender_only_whether_it_waited_or_not()
    {
        var output = new HeldWriter();
        FrameSender sender = Sending.Over(output, new FussyEncoder(), s_small);
        Task[] good = [sender.SendAsync(Wire.Binary, Wire.Bytes(900)).AsTask(), sender.SendAsync(Wire.Binary, Wire.Bytes(40)).AsTask()];
        Task now = sender.SendAsync(Wire.Binary, new byte[13]).AsTask();
        Task before = sender.SendAsync(Wire.Binary, Wire.Bytes(500)).AsTask();
        Task later = sender.SendAsync(Wire.Binary, new byte[13]).AsTask();
        Task after = sender.SendAsync(Wire.Binary, Wire.Bytes(60)).AsTask();
        await Assert.ThrowsAsync<FormatException>(() => Deadline.Within(now));
        Assert.False(later.IsCompleted);

        output.Succeed();

        await Assert.ThrowsAsync<FormatException>(() => Deadline.Within(later));
        await Deadline.Within(Task.WhenAll([.. good, before, after]));
        Assert.Null(sender.Failure);
        Assert.Throws<FormatException>(() => sender.TrySend(Wire.Binary, new byte[13]));
        await sender.SendAsync(Wire.Binary, Wire.Bytes(14)).Within();
    }

    private static Task Send(FrameSender sender, int length, CancellationToken token, bool copies) => (copies
        ? sender.SendAsync(Wire.Binary, Wire.Bytes(length).AsSpan(), token)
        : sender.SendAsync(Wire.Binary, Wire.Bytes(length).AsMemory(), token)).AsTask();

    /// <summary>The bytes of a scenario that begins with one write of 900 bytes held back until it says so.</summary>
    private static async Task<byte[]> WireOfAsync(Func<FrameSender, Action, Task> scenario, SendLimits? limits = null)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        FrameSender sender = Sending.Over(pipe.Writer, limits: limits ?? s_small);
        Task first = sender.SendAsync(Wire.Text, Wire.Bytes(900)).AsTask();
        Task<byte[]>? reading = null;
        await scenario(sender, () => reading = Task.Run(() => ReadToEndAsync(pipe.Reader)));
        await Deadline.Within(first);
        await pipe.Writer.CompleteAsync();
        return await Deadline.Within(reading!);
    }

    private static async Task<byte[]> ReadToEndAsync(PipeReader reader)
    {
        var all = new ArrayBufferWriter<byte>();
        while (true)
        {
            ReadResult read = await reader.ReadAsync();
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
            {
                all.Write(piece.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return all.WrittenSpan.ToArray();
            }
        }
    }

    private static List<byte[]> MessagesOf(byte[] wire)
    {
        var messages = new List<byte[]>();
        var sink = new MessageSink(messages);
        var parser = new WebSocketFrameParser<ClientRole>(new FrameLimits { ValidateText = false });
        Assert.Equal(FrameFault.None, parser.Parse(new ReadOnlySequence<byte>(wire), ref sink, out SequencePosition consumed));
        Assert.Equal(wire.Length, consumed.GetInteger());
        return messages;
    }

    /// <summary>Writes raw bytes, and will not have 13 of them.</summary>
    private sealed class FussyEncoder : IFrameEncoder
    {
        public int MaxSize(int payloadLength) => payloadLength;

        public int Encode(Span<byte> destination, byte opcode, ReadOnlySpan<byte> payload)
        {
            payload.CopyTo(destination);
            return payload.Length == 13 ? throw new FormatException("13 bytes") : payload.Length;
        }
    }

    private readonly struct MessageSink(List<byte[]> messages) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => messages.Add(payload.ToArray());

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }
    }
}
