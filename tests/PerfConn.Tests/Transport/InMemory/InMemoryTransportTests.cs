using System;
using System.Buffers;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.Transport.InMemory;

public class InMemoryTransportTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private static readonly PipeOptions s_tight = new(
        pauseWriterThreshold: 1, resumeWriterThreshold: 1, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    [Fact]
    public async Task What_one_end_writes_the_other_has_read_when_the_write_returns()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        foreach ((InMemoryTransport from, InMemoryTransport to) in ((InMemoryTransport, InMemoryTransport)[])[(client, server), (server, client)])
        {
            Task<ReadResult> reading = to.Input.ReadAsync().AsTask();
            await from.Output.WriteAsync("tick"u8.ToArray());

            Assert.True(reading.IsCompletedSuccessfully);
            ReadResult read = await reading;
            Assert.Equal("tick"u8, read.Buffer.ToArray());
            to.Input.AdvanceTo(read.Buffer.End);
        }

        Assert.Equal(TransportContent.Bytes, client.Content);
        Assert.Null(client.RemoteEndPoint);
    }

    [Fact]
    public async Task Disposing_ends_the_stream_in_good_order()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair(TransportContent.Messages);
        await client.Output.WriteAsync("last"u8.ToArray());
        await client.DisposeAsync();
        await client.DisposeAsync();

        ReadResult read = await server.Input.ReadAsync();
        Assert.True(read.IsCompleted);
        Assert.Equal("last"u8, read.Buffer.ToArray());
        Assert.True((await server.Output.WriteAsync("nobody reads"u8.ToArray())).IsCompleted);
        Assert.Equal(TransportContent.Messages, server.Content);
    }

    [Fact]
    public async Task An_abort_fails_the_pending_reads_of_both_ends_and_all_later_ones()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        Task<ReadResult> ofClient = client.Input.ReadAsync().AsTask();
        Task<ReadResult> ofServer = server.Input.ReadAsync().AsTask();

        client.Abort();
        client.Abort();
        server.Abort();

        await Assert.ThrowsAsync<NetworkException>(() => ofClient.WaitAsync(s_deadline));
        await Assert.ThrowsAsync<NetworkException>(() => ofServer.WaitAsync(s_deadline));
        await Assert.ThrowsAsync<NetworkException>(() => client.Input.ReadAsync().AsTask());
        await Assert.ThrowsAsync<NetworkException>(() => server.Input.ReadAsync().AsTask());
    }

    [Fact]
    public async Task An_abort_lets_go_of_writes_that_wait_for_the_other_end()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair(options: s_tight);
        Task<FlushResult> ofClient = client.Output.WriteAsync("a"u8.ToArray()).AsTask();
        Task<FlushResult> ofServer = server.Output.WriteAsync("b"u8.ToArray()).AsTask();
        Assert.False(ofClient.IsCompleted || ofServer.IsCompleted);

        server.Abort();

        Assert.True((await ofClient.WaitAsync(s_deadline)).IsCanceled);
        Assert.True((await ofServer.WaitAsync(s_deadline)).IsCanceled);
        await Assert.ThrowsAnyAsync<Exception>(() => client.Output.WriteAsync("c"u8.ToArray()).AsTask());
        await Assert.ThrowsAnyAsync<Exception>(() => server.Output.WriteAsync("d"u8.ToArray()).AsTask());
    }

    [Fact]
    public async Task Disposing_after_an_abort_is_quiet()
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        client.Abort();
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_factory_hands_the_other_end_to_its_acceptor()
    {
        InMemoryTransport? server = null;
        Endpoint? asked = null;
        Endpoint endpoint = Endpoint.Parse("ws://inside.test/");
        var factory = new InMemoryTransportFactory(
            (transport, where, _) =>
            {
                (server, asked) = (transport, where);
                return ValueTask.CompletedTask;
            },
            TransportContent.Messages);

        await using ITransport client = await factory.ConnectAsync(endpoint, CancellationToken.None);

        Assert.Same(endpoint, asked);
        Assert.Equal(TransportContent.Messages, client.Content);
        await client.Output.WriteAsync("hello"u8.ToArray());
        Assert.True(server!.Input.TryRead(out ReadResult read));
        Assert.Equal("hello"u8, read.Buffer.ToArray());
    }

    [Fact]
    public async Task An_acceptor_that_throws_refuses_and_a_cancelled_attempt_does_not_reach_it()
    {
        int calls = 0;
        var factory = new InMemoryTransportFactory((_, _, _) =>
        {
            calls++;
            throw new NetworkException("refused");
        });
        Endpoint endpoint = Endpoint.Parse("ws://inside.test/");

        await Assert.ThrowsAsync<NetworkException>(() => factory.ConnectAsync(endpoint, CancellationToken.None).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => factory.ConnectAsync(endpoint, new CancellationToken(canceled: true)).AsTask());
        Assert.Equal(1, calls);
    }
}
