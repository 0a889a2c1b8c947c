using System;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

public sealed class DirectSocketStreamTests
{
    private const int Large = 8 * 1024 * 1024;

    /// <summary>The framework copies what is written to a stream derived from its own, to an array that has to be rented first.</summary>
    [Fact]
    public async Task A_large_write_arrives_whole_and_is_not_copied_first()
    {
        (Socket client, Socket server) = await Loopback.ConnectAsync();
        using Socket reading = server;
        await using var stream = new DirectSocketStream(client, idle: null, arrivals: null, TimeProvider.System);
        byte[] sent = new byte[Large];
        new Random(1).NextBytes(sent);
        byte[] received = new byte[Large];
        Task arriving = new NetworkStream(server).ReadExactlyAsync(received, Deadline.Token).AsTask();

        long before = GC.GetAllocatedBytesForCurrentThread();
        stream.Write(sent);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await arriving;

        Assert.Equal(sent, received);
        Assert.InRange(allocated, 0, 64 * 1024);
    }

    [Fact]
    public async Task A_write_to_a_peer_that_has_reset_is_an_IOException()
    {
        (Socket client, Socket server) = await Loopback.ConnectAsync();
        await using var stream = new DirectSocketStream(client, idle: null, arrivals: null, TimeProvider.System);
        server.Reset();
        Assert.Throws<IOException>(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                stream.Write(new byte[1024], 0, 1024);
            }
        });
    }
}
