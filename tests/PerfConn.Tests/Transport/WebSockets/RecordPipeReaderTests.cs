using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Tests.Transport.WebSockets;

public sealed class RecordPipeReaderTests
{
    /// <summary>
    /// A read is cancelled in the moment in which its receive is done and has not said so yet. The message is read, the next receive begins, and only then the first one
    /// tells: that is no news of the second, neither for a read nor for a disposal, which must wait before it may receive by itself.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receive_that_tells_late_is_not_taken_for_the_next_one(bool isDropped)
    {
        var socket = new LateReceives();
        var reader = new RecordPipeReader(socket, new Uri("ws://venue.test/"), new BlockPool(4096), 1000);

        Task<ReadResult> first = reader.ReadAsync().AsTask();
        Assert.False(first.IsCompleted);
        socket.Receives[0].Finish(1);
        reader.CancelPendingRead();
        await DrainAsync(reader, first, 1);

        // The cancellation may have come too late for the first read, and is then the next one's.
        if (reader.TryRead(out ReadResult cancelled))
        {
            Assert.True(cancelled.IsCanceled);
            reader.AdvanceTo(cancelled.Buffer.End);
        }

        Task<ReadResult> second = reader.ReadAsync().AsTask();
        Assert.Equal(2, socket.Receives.Count);
        if (isDropped)
        {
            reader.CancelPendingRead();
            Assert.True((await Deadline.Within(second)).IsCanceled);
            Task<bool> dropping = reader.DropPendingAsync(CancellationToken.None).AsTask();
            socket.Receives[0].Tell();
            Assert.False(dropping.IsCompleted);
            socket.Receives[1].Finish(2);
            socket.Receives[1].Tell();
            Assert.True(await Deadline.Within(dropping));
        }
        else
        {
            socket.Receives[0].Tell();
            Assert.False(second.IsCompleted);
            socket.Receives[1].Finish(2);
            socket.Receives[1].Tell();
            await DrainAsync(reader, second, 2);
        }

        await reader.CompleteAsync();
    }

    /// <summary>Reads on until the message is there; a cancelled read may come before it, and with it.</summary>
    private static async Task DrainAsync(RecordPipeReader reader, Task<ReadResult> reading, byte content)
    {
        ReadResult read = await Deadline.Within(reading);
        while (read.Buffer.IsEmpty)
        {
            Assert.True(read.IsCanceled);
            reader.AdvanceTo(read.Buffer.End);
            read = await Deadline.Within(reader.ReadAsync().AsTask());
        }

        Assert.Equal(content, read.Buffer.ToArray()[^1]);
        reader.AdvanceTo(read.Buffer.End);
    }
}
