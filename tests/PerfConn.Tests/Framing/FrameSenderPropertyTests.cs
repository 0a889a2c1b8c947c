using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Framing;

/// <summary>
/// Real threads that send, post, cancel and ping at random into an output that is slow at random: what reaches the wire is exactly what was accepted, whole and in
/// each thread's order, and every send has an outcome.
/// </summary>
public sealed class FrameSenderPropertyTests
{
    private const int Threads = 4;
    private const int Sends = 300;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 12).Select(i => (ulong)i)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_is_lost_torn_doubled_or_out_of_order(ulong seed)
    {
        var output = new ScriptedWriter(seed);
        FrameSender sender = Sending.Over(output, new WebSocketFrameEncoder(new MaskKeys()), new SendLimits { MaxPendingBytes = 20_000 });
        Run run = await Deadline.Within(RunAsync(sender, seed));

        await Deadline.UntilAsync(() => sender.PendingBytes == 0, "everything to go out");
        List<(int Thread, int Number)> wire = WireOf(output);
        Assert.False(output.Overlapped);
        Assert.Empty(run.Errors);
        for (int thread = 0; thread < Threads; thread++)
        {
            Assert.Equal(run.Accepted[thread], wire.Where(frame => frame.Thread == thread).Select(frame => frame.Number));
        }
    }

    /// <summary>The output fails at each of its first writes in turn, having taken half: everything that comes is a prefix, and every send ends, with one error.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(40)]
    public async Task After_a_failed_write_nothing_more_is_written_and_every_send_is_told(int failsAt)
    {
        var output = new ScriptedWriter((ulong)failsAt, failsAt);
        FrameSender sender = Sending.Over(output, new WebSocketFrameEncoder(new MaskKeys()), new SendLimits { MaxPendingBytes = 20_000 });
        Run run = await Deadline.Within(RunAsync(sender, (ulong)failsAt));

        Assert.Equal(failsAt, output.Writes);
        Assert.NotEmpty(run.Errors);
        Assert.All(run.Errors, error => Assert.Same(sender.Failure, error));
        Assert.IsType<NetworkException>(sender.Failure);
        List<(int Thread, int Number)> wire = WireOf(output);
        for (int thread = 0; thread < Threads; thread++)
        {
            int[] got = [.. wire.Where(frame => frame.Thread == thread).Select(frame => frame.Number)];
            Assert.Equal(run.Tried[thread].Take(got.Length), got);
        }
    }

    private static async Task<Run> RunAsync(FrameSender sender, ulong seed)
    {
        var run = new Run();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => SendAsync(sender, thread, seed, run))));
        return run;
    }

    private static async Task SendAsync(FrameSender sender, int thread, ulong seed, Run run)
    {
        var random = new SplitMix((seed * 1000) + (ulong)thread);
        for (int number = 0; number < Sends; number++)
        {
            byte[] message = new byte[8 + (random.OneIn(20) ? random.Below(30_000) : random.Below(300))];
            BinaryPrimitives.WriteInt32LittleEndian(message, thread);
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), number);
            message.AsSpan(8).Fill((byte)number);
            if (random.OneIn(10))
            {
                sender.SendPong(message.AsSpan(0, 8));
            }

            switch (random.Below(4))
            {
                case 0:
                    if (sender.TrySend(Wire.Binary, message) == SendOutcome.Accepted)
                    {
                        run.Accepted[thread].Add(number);
                        run.Tried[thread].Add(number);
                    }

                    break;
                case 1:
                    // Cancelled at some moment: sent in full or not at all, and what came before is not overtaken.
                    using (var cancel = new CancellationTokenSource())
                    {
                        ValueTask sent = sender.SendAsync(Wire.Binary, message.AsMemory(), cancel.Token);
                        Task cancelling = Task.Run(cancel.Cancel);
                        await OutcomeAsync(sent.AsTask(), number, thread, run);
                        await cancelling;
                    }

                    break;
                case 2:
                    await OutcomeAsync(sender.SendAsync(Wire.Binary, message.AsMemory()).AsTask(), number, thread, run);
                    break;
                default:
                    await OutcomeAsync(sender.SendAsync(Wire.Binary, message.AsSpan()).AsTask(), number, thread, run);
                    break;
            }
        }
    }

    private static async Task OutcomeAsync(Task send, int number, int thread, Run run)
    {
        try
        {
            // It is written down as tried before its outcome is known; a cancelled or refused one is struck out again.
            run.Tried[thread].Add(number);
            await send;
            run.Accepted[thread].Add(number);
        }
        catch (Exception e) when (e is OperationCanceledException or SendBufferFullException)
        {
            run.Tried[thread].RemoveAt(run.Tried[thread].Count - 1);
        }
        catch (ConnectionException e)
        {
            run.Errors.Add(e);
        }
    }

    private static List<(int Thread, int Number)> WireOf(ScriptedWriter output)
    {
        var frames = new List<(int, int)>();
        var sink = new FrameSink(frames);
        var parser = new WebSocketFrameParser<ServerRole>(FrameLimits.Default);
        Assert.Equal(FrameFault.None, parser.Parse(new ReadOnlySequence<byte>(output.Taken.ToArray()), ref sink, out _));
        return frames;
    }

    private sealed class Run
    {
        public List<int>[] Accepted { get; } = [.. Enumerable.Range(0, Threads).Select(_ => new List<int>())];

        /// <summary>What may have reached the wire.</summary>
        public List<int>[] Tried { get; } = [.. Enumerable.Range(0, Threads).Select(_ => new List<int>())];

        public ConcurrentBag<ConnectionException> Errors { get; } = [];
    }

    private readonly struct FrameSink(List<(int Thread, int Number)> frames) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText)
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]);
            Assert.Equal(-1, payload[8..].IndexOfAnyExcept((byte)number));
            frames.Add((BinaryPrimitives.ReadInt32LittleEndian(payload), number));
        }

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) => Assert.Equal(ControlFrame.Pong, frame);
    }
}
