using System;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>What a read costs that has to wait: on a line that is not saturated that is every read.</summary>
[Collection(AloneCollection.Name)]
public class WaitingReadAllocationTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Waiting_for_data_allocates_nothing()
    {
        const int Reads = 2000;
        const int Stretches = 5;
        using ReaderPair pair = await ReaderPair.CreateAsync(tls: false);
        using var cancel = new CancellationTokenSource();
        Socket server = pair.Server;
        Task answering = Task.Factory.StartNew(
            () => Answer(server, (Stretches + 1) * Reads), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.Run(() => AskAsync(pair.Client, pair.Reader, Reads, cancel.Token)).WaitAsync(s_deadline);

        // The best of a few stretches: the process is never quite still, and the runtime's queues grow now and then, by 42 KB at once.
        long least = long.MaxValue;
        for (int i = 0; i < Stretches; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            int waited = await Task.Run(() => AskAsync(pair.Client, pair.Reader, Reads, cancel.Token)).WaitAsync(s_deadline);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            Assert.Equal(Reads, waited);
        }

        // The stretch itself takes some 650 B for its tasks; a single byte a read would be 2,000.
        Assert.InRange(least, 0, 1000);
        await answering.WaitAsync(s_deadline);
    }

    /// <summary>Asks for a tick and reads it, over and over; gives how many reads had to wait.</summary>
    private static async Task<int> AskAsync(Socket client, PipeReader reader, int count, CancellationToken cancellationToken)
    {
        int waited = 0;
        byte[] question = new byte[1];
        for (int i = 0; i < count; i++)
        {
            ValueTask<ReadResult> reading = reader.ReadAsync(cancellationToken);
            waited += reading.IsCompleted ? 0 : 1;
            client.Send(question);
            ReadResult read = await reading;
            reader.AdvanceTo(read.Buffer.End);
        }

        return waited;
    }

    private static void Answer(Socket server, int count)
    {
        byte[] question = new byte[1];
        byte[] tick = new byte[100];
        for (int i = 0; i < count; i++)
        {
            server.Receive(question);
            server.Send(tick);
        }
    }
}
