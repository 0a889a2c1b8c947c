using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Tests.Framing.WebSocket;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

public class BlockPipeReaderTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    /// <summary>The largest limit is 1 GiB; a frame of that and its header, doubled, is more than an array holds.</summary>
    [Fact]
    public async Task A_message_of_the_largest_limit_still_has_a_block_that_it_fits_into()
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls: false);

        Assert.Equal(20_000, pair.Reader.LargerSize(10_000));
        Assert.Equal(Array.MaxLength, pair.Reader.LargerSize((1 << 30) + 14));
        Assert.Equal(Array.MaxLength, pair.Reader.LargerSize(Array.MaxLength - 4096));
        NetworkException e = Assert.Throws<NetworkException>(() => pair.Reader.LargerSize(Array.MaxLength - 1));
        Assert.Contains("more than can be held", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 41UL)]
    [InlineData(false, 42UL)]
    [InlineData(false, 43UL)]
    [InlineData(true, 44UL)]
    [InlineData(true, 45UL)]
    public async Task Whatever_is_written_is_read_while_leases_on_it_are_held(bool tls, ulong seed)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        byte[] sent = Wire.Bytes(600_000);
        Task writing = Task.Run(() => WriteInPiecesAsync(pair.Peer, pair.Server, sent, new SplitMix(seed)));
        var random = new SplitMix(seed + 1000);
        var leases = new Queue<(FrameLease Lease, int At)>();
        int position = 0;
        int wanted = 0;
        while (true)
        {
            ReadResult read = await pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline);
            Assert.True(read.Buffer.IsSingleSegment);
            ReadOnlyMemory<byte> bytes = read.Buffer.First;
            Assert.True(bytes.Span.SequenceEqual(sent.AsSpan(position, bytes.Length)), $"bytes after {position} differ");
            if (read.IsCompleted && bytes.Length < wanted)
            {
                wanted = 0;
            }

            if (bytes.Length < wanted)
            {
                // A frame that has not arrived in full.
                pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            int taken = wanted > 0 ? wanted : random.Below(bytes.Length + 1);
            int start = random.Below(taken + 1);
            leases.Enqueue((pair.Reader.Lease(bytes.Span[start..taken]), position + start));
            while (leases.Count > random.Below(8))
            {
                Release(leases, sent);
            }

            position += taken;
            pair.Reader.AdvanceTo(read.Buffer.GetPosition(taken), random.OneIn(2) || read.IsCompleted ? read.Buffer.GetPosition(taken) : read.Buffer.End);
            wanted = random.OneIn(10) ? random.Pick(2000, 4096, 4097, 9000, 30_000) : 0;
            if (read.IsCompleted && position == sent.Length)
            {
                break;
            }
        }

        await writing.WaitAsync(s_deadline);
        pair.Reader.Complete();
        while (leases.Count > 0)
        {
            Release(leases, sent);
        }

        Assert.Equal(0, pair.Pool.Outstanding);
        Assert.Equal(0, pair.Pool.OutstandingBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_frame_of_any_size_is_read_in_one_piece_and_its_block_goes_afterwards(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        byte[] frame = Wire.Bytes(1_000_000);
        Task writing = pair.Peer.WriteAsync(frame).AsTask();
        ReadResult read = await ReadAtLeastAsync(pair, frame.Length);

        Assert.Equal(frame, read.Buffer.FirstSpan.ToArray());

        // The blocks double as bytes arrive, never because somebody says so.
        Assert.InRange(pair.Pool.OutstandingBytes, frame.Length, (2 * frame.Length) + 4096);
        pair.Reader.AdvanceTo(read.Buffer.End);
        await writing.WaitAsync(s_deadline);
        await pair.Peer.WriteAsync("x"u8.ToArray());
        _ = await ReadAtLeastAsync(pair, 1);
        Assert.Equal(4096, pair.Pool.OutstandingBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lease_stays_intact_while_the_reader_goes_on(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        var leases = new List<FrameLease>();
        for (int i = 0; i < 50; i++)
        {
            byte[] tick = Wire.Bytes(100 + i);
            await pair.Peer.WriteAsync(tick);
            ReadResult read = await ReadAtLeastAsync(pair, tick.Length);
            leases.Add(pair.Reader.Lease(read.Buffer.FirstSpan));
            pair.Reader.AdvanceTo(read.Buffer.End);
        }

        for (int i = 0; i < leases.Count; i++)
        {
            Assert.Equal(Wire.Bytes(100 + i), leases[i].Span.ToArray());
        }

        pair.Reader.Complete();
        Assert.Equal(Wire.Bytes(100), leases[0].Span.ToArray());
        leases.ForEach(lease => lease.Dispose());
        Assert.Equal(0, pair.Pool.Outstanding);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lease_on_bytes_that_stand_elsewhere_is_a_copy(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        byte[] assembled = [1, 2, 3];
        FrameLease lease = pair.Reader.Lease(assembled);
        assembled[0] = 9;

        Assert.Equal([1, 2, 3], lease.Span.ToArray());
        pair.Reader.Complete();
        lease.Dispose();
        Assert.Equal(0, pair.Pool.Outstanding);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_not_examined_is_given_again_at_once_and_what_was_waits_for_more(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        await pair.Peer.WriteAsync("abcdef"u8.ToArray());
        ReadResult read = await ReadAtLeastAsync(pair, 6);
        pair.Reader.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.GetPosition(3));

        Assert.True(pair.Reader.TryRead(out read));
        Assert.True(read.Buffer.FirstSpan.SequenceEqual("bcdef"u8));
        pair.Reader.AdvanceTo(read.Buffer.GetPosition(1));

        Assert.True(pair.Reader.TryRead(out read));
        Assert.True(read.Buffer.FirstSpan.SequenceEqual("cdef"u8));
        pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);

        Assert.False(pair.Reader.TryRead(out _));
        Task<ReadResult> pending = pair.Reader.ReadAsync().AsTask();
        Assert.False(pending.IsCompleted);
        await pair.Peer.WriteAsync("g"u8.ToArray());
        read = await pending.WaitAsync(s_deadline);
        Assert.True(read.Buffer.FirstSpan.SequenceEqual("cdefg"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Reader.AdvanceTo(new SequencePosition(read.Buffer.Start.GetObject(), 4000)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_idle_reader_holds_no_block_and_one_with_half_a_frame_holds_one(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        Task<ReadResult> pending = pair.Reader.ReadAsync().AsTask();
        Assert.Equal(0, pair.Pool.Outstanding);
        await pair.Peer.WriteAsync("tick"u8.ToArray());
        ReadResult read = await pending.WaitAsync(s_deadline);
        pair.Reader.AdvanceTo(read.Buffer.End);

        pending = pair.Reader.ReadAsync().AsTask();
        Assert.False(pending.IsCompleted);
        Assert.Equal(0, pair.Pool.Outstanding);

        await pair.Peer.WriteAsync("half"u8.ToArray());
        read = await pending.WaitAsync(s_deadline);
        pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        pending = pair.Reader.ReadAsync().AsTask();
        Assert.False(pending.IsCompleted);
        Assert.Equal(1, pair.Pool.Outstanding);
        pair.Reader.CancelPendingRead();
        _ = await pending.WaitAsync(s_deadline);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pending_read_can_be_cancelled_and_the_bytes_come_later(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        Task<ReadResult> pending = pair.Reader.ReadAsync().AsTask();
        pair.Reader.CancelPendingRead();
        ReadResult read = await pending.WaitAsync(s_deadline);
        Assert.True(read.IsCanceled);
        Assert.True(read.Buffer.IsEmpty);
        pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);

        pair.Reader.CancelPendingRead();
        Assert.True(pair.Reader.TryRead(out read));
        Assert.True(read.IsCanceled);
        pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);

        await pair.Peer.WriteAsync("tick"u8.ToArray());
        read = await ReadAtLeastAsync(pair, 4);
        Assert.False(read.IsCanceled);
        Assert.True(read.Buffer.FirstSpan.SequenceEqual("tick"u8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_can_be_cancelled_by_its_token(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        using var cancel = new CancellationTokenSource();
        Task<ReadResult> pending = pair.Reader.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(s_deadline));
        Assert.Equal(cancel.Token, e.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Reader.ReadAsync(cancel.Token).AsTask());
        await pair.Peer.WriteAsync("tick"u8.ToArray());
        ReadResult read = await ReadAtLeastAsync(pair, 4);
        Assert.True(read.Buffer.FirstSpan.SequenceEqual("tick"u8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_token_ends_the_reading_of_a_stream_that_never_pauses(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        await pair.Peer.WriteAsync("ticks"u8.ToArray());
        ReadResult read = await ReadAtLeastAsync(pair, 5);
        pair.Reader.AdvanceTo(read.Buffer.GetPosition(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Reader.ReadAsync(new CancellationToken(canceled: true)).AsTask());

        read = await pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline);
        Assert.True(read.Buffer.FirstSpan.SequenceEqual("icks"u8));
    }

    [Theory]
    [InlineData(false, 51UL)]
    [InlineData(true, 52UL)]
    public async Task No_byte_is_lost_to_cancellations_at_any_moment(bool tls, ulong seed)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        byte[] sent = Wire.Bytes(20_000);
        Task writing = Task.Run(() => WriteInPiecesAsync(pair.Peer, pair.Server, sent, new SplitMix(seed), longest: 60));
        using var stop = new CancellationTokenSource();
        Task disturbing = Task.Run(() =>
        {
            // A bounded number: cancelled without end, a read never gets to the bytes.
            for (int i = 0; i < 5000 && !stop.IsCancellationRequested; i++)
            {
                pair.Reader.CancelPendingRead();
                Thread.Yield();
            }
        });
        int position = 0;
        while (true)
        {
            ReadResult read = await pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline);
            Assert.True(read.Buffer.FirstSpan.SequenceEqual(sent.AsSpan(position, (int)read.Buffer.Length)));
            position += (int)read.Buffer.Length;
            pair.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(writing, disturbing).WaitAsync(s_deadline);
        Assert.Equal(sent.Length, position);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancel_after_the_end_does_no_harm(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        Task<ReadResult> pending = pair.Reader.ReadAsync().AsTask();
        pair.Reader.CancelPendingRead();
        _ = await pending.WaitAsync(s_deadline);
        pair.Reader.Complete();

        pair.Reader.CancelPendingRead();

        pair.Reader.Complete();
        Assert.Throws<ObjectDisposedException>(() => pair.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_the_stream_comes_with_the_last_bytes_and_stays(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        await pair.Peer.WriteAsync("last"u8.ToArray());
        pair.Server.Shutdown(SocketShutdown.Send);
        ReadResult read;
        while (!(read = await pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline)).IsCompleted)
        {
            pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        Assert.True(read.Buffer.FirstSpan.SequenceEqual("last"u8));
        pair.Reader.AdvanceTo(read.Buffer.End);
        for (int i = 0; i < 3; i++)
        {
            read = await pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline);
            Assert.True(read.IsCompleted);
            Assert.True(read.Buffer.IsEmpty);
            pair.Reader.AdvanceTo(read.Buffer.End);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_is_a_network_failure_that_names_the_endpoint(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        Task<ReadResult> pending = pair.Reader.ReadAsync().AsTask();
        Assert.False(pending.IsCompleted);

        pair.Server.Reset();

        NetworkException e = await Assert.ThrowsAsync<NetworkException>(() => pending.WaitAsync(s_deadline));
        Assert.EndsWith("://venue.test/: the connection was lost: connection reset by the peer", e.Message, StringComparison.Ordinal);
        pair.Reader.Complete();
        Assert.Equal(0, pair.Pool.Outstanding);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Closing_this_side_fails_the_pending_read_and_the_next_with_the_same_type(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        Task<ReadResult> pending = pair.Reader.ReadAsync().AsTask();
        pair.Client.Dispose();

        NetworkException e = await Assert.ThrowsAsync<NetworkException>(() => pending.WaitAsync(s_deadline));
        Assert.Contains("closed on this side", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NetworkException>(() => pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_after_this_side_was_closed_with_half_a_frame_at_hand_fails_with_the_same_type(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        await pair.Peer.WriteAsync("half"u8.ToArray());
        ReadResult read = await ReadAtLeastAsync(pair, 4);
        pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        pair.Client.Dispose();

        NetworkException e = await Assert.ThrowsAsync<NetworkException>(() => pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline));
        Assert.Contains("closed on this side", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reading_what_is_there_allocates_nothing(bool tls)
    {
        using ReaderPair pair = await ReaderPair.CreateAsync(tls);
        byte[] data = new byte[40_000];
        long least = long.MaxValue;
        for (int round = 0; round < 4; round++)
        {
            pair.Peer.Write(data);
            Assert.True(SpinWait.SpinUntil(() => pair.Client.Available >= data.Length, s_deadline));

            // Whoever resumes on this thread does not matter: a read of bytes at hand completes before it returns.
            long before = GC.GetAllocatedBytesForCurrentThread();
            int taken = 0;
            int reads = 0;
            while (taken < data.Length)
            {
                ValueTask<ReadResult> reading = pair.Reader.ReadAsync();
                if (!reading.IsCompletedSuccessfully)
                {
                    Assert.Fail($"the read waited after {taken} bytes");
                }

                ReadResult read = await reading;
                taken += (int)read.Buffer.Length;
                reads++;
                pair.Reader.AdvanceTo(read.Buffer.End);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(reads > 0);
            least = round == 0 ? least : Math.Min(least, allocated);
        }

        Assert.Equal(0, least);
    }

    private static void Release(Queue<(FrameLease Lease, int At)> leases, byte[] sent)
    {
        (FrameLease lease, int at) = leases.Dequeue();
        Assert.True(lease.Span.SequenceEqual(sent.AsSpan(at, lease.Span.Length)), $"a lease on the bytes at {at} has changed");
        lease.Dispose();
    }

    private static async Task<ReadResult> ReadAtLeastAsync(ReaderPair pair, int count)
    {
        while (true)
        {
            ReadResult read = await pair.Reader.ReadAsync().AsTask().WaitAsync(s_deadline);
            Assert.False(read.IsCompleted);
            if (read.Buffer.Length >= count)
            {
                return read;
            }

            pair.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task WriteInPiecesAsync(Stream peer, Socket server, byte[] sent, SplitMix random, int longest = 0)
    {
        for (int at = 0; at < sent.Length;)
        {
            int length = Math.Min(sent.Length - at, 1 + random.Below(longest > 0 ? longest : random.Pick(3, 300, 5000, 60_000)));
            await peer.WriteAsync(sent.AsMemory(at, length));
            at += length;
            if (random.OneIn(3))
            {
                await Task.Yield();
            }
        }

        server.Shutdown(SocketShutdown.Send);
    }
}
