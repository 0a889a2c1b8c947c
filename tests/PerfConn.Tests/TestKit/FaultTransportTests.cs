using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.TestKit;
using PerfConn.Transport;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.TestKit;

public sealed class FaultTransportTests
{
    private const string Text = "0123456789";

    private readonly ManualTimeProvider _time = new();
    private InMemoryTransport? _server;

    [Fact]
    public async Task Without_faults_bytes_and_ends_pass_both_ways()
    {
        await using ITransport client = await ConnectAsync(FaultPlan.None);
        await client.Output.WriteAsync("to the server"u8.ToArray());
        Assert.Equal("to the server", await ReadServerAsync());
        await SendAsync(Text);
        await _server!.Output.CompleteAsync();
        (List<string> pieces, string end) = await ReadAllAsync(client);
        Assert.Equal(("0123456789", "end"), (Assert.Single(pieces), end));
    }

    [Theory]
    [InlineData(CutKind.HalfClose, "end")]
    [InlineData(CutKind.Close, "end")]
    [InlineData(CutKind.Reset, "NetworkException")]
    public async Task The_read_side_is_cut_after_exactly_so_many_bytes(CutKind kind, string end)
    {
        for (int cut = 0; cut <= Text.Length; cut++)
        {
            await using ITransport client = await ConnectAsync(new FaultPlan { Read = new ByteFaults { CutAt = cut, CutBy = kind } });
            await SendAsync(Text);
            (List<string> pieces, string how) = await ReadAllAsync(client);
            Assert.Equal(Text[..cut], string.Concat(pieces));
            Assert.Equal(end, how);
        }
    }

    /// <summary>A parser that has half a frame must see it again together with the end, or it could not tell that it is half a frame.</summary>
    [Fact]
    public async Task What_was_not_consumed_is_shown_again_with_the_end()
    {
        await using ITransport client = await ConnectAsync(new FaultPlan { Read = new ByteFaults { CutAt = 4 } });
        await SendAsync(Text);
        ReadResult read = await client.Input.ReadAsync(Deadline.Token);
        client.Input.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.End);
        read = await client.Input.ReadAsync(Deadline.Token);
        Assert.True(read.IsCompleted);
        Assert.Equal("123", Encoding.ASCII.GetString(read.Buffer.ToArray()));
        client.Input.AdvanceTo(read.Buffer.End);
        Assert.True((await client.Input.ReadAsync(Deadline.Token)).IsCompleted);
    }

    [Fact]
    public async Task What_is_behind_the_window_comes_although_the_peer_sends_nothing_more()
    {
        await using ITransport client = await ConnectAsync(new FaultPlan { Read = new ByteFaults { SliceAt = [2, 3, 7] } });
        await SendAsync(Text);
        await _server!.Output.CompleteAsync();
        (List<string> pieces, string end) = await ReadAllAsync(client);
        Assert.Equal(["01", "2", "3456", "789"], pieces);
        Assert.Equal("end", end);
    }

    [Fact]
    public async Task Slices_of_random_sizes_are_the_same_for_a_seed_and_lose_nothing()
    {
        var runs = new List<List<string>>();
        foreach (int seed in (int[])[5, 5, 6])
        {
            await using ITransport client = await ConnectAsync(new FaultPlan { Seed = seed, Read = new ByteFaults { SliceAtMost = 4 } });
            await SendAsync(Text);
            await SendAsync(Text);
            await _server!.Output.CompleteAsync();
            runs.Add((await ReadAllAsync(client)).Pieces);
            Assert.Equal(Text + Text, string.Concat(runs[^1]));
            Assert.True(runs[^1].Count > 4 && runs[^1].All(piece => piece.Length <= 4));
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
    }

    [Fact]
    public async Task A_trickle_goes_by_the_plans_time()
    {
        await using ITransport client = await ConnectAsync(new FaultPlan
        {
            Read = new ByteFaults { TrickleBytes = 4, TrickleInterval = TimeSpan.FromMinutes(1) },
        });
        await SendAsync(Text);
        foreach (string piece in (string[])["0123", "4567", "89"])
        {
            Task<ReadResult> reading = client.Input.ReadAsync(Deadline.Token).AsTask();
            Assert.Equal(1, _time.Waiting);
            Assert.False(reading.IsCompleted);
            _time.Advance(TimeSpan.FromMinutes(1));
            ReadResult read = await Deadline.Within(reading);
            Assert.Equal(piece, Encoding.ASCII.GetString(read.Buffer.ToArray()));
            client.Input.AdvanceTo(read.Buffer.End);
        }
    }

    [Fact]
    public async Task A_spoiled_byte_is_spoiled_once_and_the_rest_is_whole()
    {
        for (int place = 0; place < Text.Length; place++)
        {
            await using ITransport client = await ConnectAsync(new FaultPlan { Read = new ByteFaults { CorruptAt = place, CorruptMask = 0x20, SliceAtMost = 3 } });
            await SendAsync(Text);
            await _server!.Output.CompleteAsync();

            // Consumed byte by byte: the spoiled one is shown several times.
            (List<string> pieces, _) = await ReadAllAsync(client, most: 1);
            char[] expected = Text.ToCharArray();
            expected[place] ^= (char)0x20;
            Assert.Equal(new string(expected), string.Concat(pieces));
        }
    }

    [Fact]
    public async Task A_swallowed_read_waits_until_it_is_aborted_or_cancelled()
    {
        await using ITransport client = await ConnectAsync(new FaultPlan { Read = new ByteFaults { SwallowFrom = 3 } });
        await SendAsync(Text);
        ReadResult read = await client.Input.ReadAsync(Deadline.Token);
        Assert.Equal(3, read.Buffer.Length);
        client.Input.AdvanceTo(read.Buffer.End);

        using var token = new CancellationTokenSource();
        Task<ReadResult> cancelled = client.Input.ReadAsync(token.Token).AsTask();
        Assert.False(cancelled.IsCompleted);
        await token.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(cancelled));

        Task<ReadResult> woken = client.Input.ReadAsync().AsTask();
        client.Input.CancelPendingRead();
        Assert.True((await Deadline.Within(woken)).IsCanceled);

        Task<ReadResult> aborted = client.Input.ReadAsync().AsTask();
        client.Abort();
        await Assert.ThrowsAsync<NetworkException>(() => Deadline.Within(aborted));
    }

    [Theory]
    [InlineData(CutKind.HalfClose)]
    [InlineData(CutKind.Close)]
    [InlineData(CutKind.Reset)]
    public async Task The_write_side_is_cut_after_exactly_so_many_bytes(CutKind kind)
    {
        for (int cut = 0; cut <= Text.Length; cut++)
        {
            await using ITransport client = await ConnectAsync(new FaultPlan { Write = new ByteFaults { CutAt = cut, CutBy = kind, SliceAtMost = 4 } });
            ValueTask<FlushResult> writing = client.Output.WriteAsync(Encoding.ASCII.GetBytes(Text));
            if (kind == CutKind.Reset)
            {
                await Assert.ThrowsAsync<IOException>(async () => await writing);
                await Assert.ThrowsAsync<NetworkException>(async () => await client.Input.ReadAsync(Deadline.Token));
            }
            else
            {
                Assert.True((await writing).IsCompleted);
                Assert.Equal(Text[..cut], await ReadServerAsync());
            }
        }
    }

    [Fact]
    public async Task Swallowed_writes_succeed_and_stalled_ones_wait_until_the_line_is_aborted()
    {
        await using ITransport swallowing = await ConnectAsync(new FaultPlan { Write = new ByteFaults { SwallowFrom = 3 } });
        Assert.False((await swallowing.Output.WriteAsync(Encoding.ASCII.GetBytes(Text))).IsCompleted);
        Assert.Equal("012", await ReadServerAsync());

        await using ITransport stalling = await ConnectAsync(new FaultPlan { Write = new ByteFaults { StallFrom = 3 } });
        Task<FlushResult> writing = stalling.Output.WriteAsync(Encoding.ASCII.GetBytes(Text)).AsTask();
        Assert.Equal("012", await ReadServerAsync());
        Assert.False(writing.IsCompleted);
        stalling.Abort();
        await Assert.ThrowsAsync<IOException>(() => Deadline.Within(writing));
    }

    [Fact]
    public async Task A_byte_is_spoiled_on_its_way_out()
    {
        await using ITransport client = await ConnectAsync(new FaultPlan { Write = new ByteFaults { CorruptAt = 5, CorruptMask = 1, SliceAt = [5] } });
        await client.Output.WriteAsync(Encoding.ASCII.GetBytes(Text));
        Assert.Equal("0123446789", await ReadServerAsync());
    }

    [Fact]
    public async Task Only_the_connection_that_the_plan_names_is_befallen()
    {
        FaultTransportFactory factory = Factory(new FaultPlan { OnlyConnection = 2, Read = new ByteFaults { CutAt = 1 } });
        foreach (string expected in (string[])[Text, Text[..1], Text])
        {
            await using ITransport client = await factory.ConnectAsync(Endpoint.Parse("ws://venue.test/"), CancellationToken.None);
            await SendAsync(Text);
            await _server!.Output.CompleteAsync();
            Assert.Equal(expected, string.Concat((await ReadAllAsync(client)).Pieces));
        }

        Assert.Equal((3, 0), (factory.Connections, factory.Open));
    }

    [Fact]
    public async Task Every_operation_is_counted_and_fails_in_its_turn()
    {
        List<string> failed = [];
        int count = await FailEveryOperation.RunAsync(new InMemoryTransportFactory(GreetAsync), async factory =>
        {
            Exception? e = await Record.ExceptionAsync(() => UseAsync(factory));
            Assert.Equal(e is null, factory.Operations.Failed is null);
            failed.Add(factory.Operations.Failed ?? "none");
            Assert.Equal(0, factory.Open);
        });

        Assert.Equal(7, count);
        Assert.Equal(
            [
                "operation 1 (connect)", "operation 2 (the user's own)", "operation 3 (flush)", "operation 4 (read)", "operation 5 (complete the output)",
                "operation 6 (complete the input)", "operation 7 (dispose)", "none",
            ],
            failed);
    }

    [Fact]
    public async Task A_run_that_hangs_or_never_ends_is_told_with_its_operation()
    {
        var inner = new InMemoryTransportFactory(AcceptAsync);
        FaultRunException hung = await Assert.ThrowsAsync<FaultRunException>(() => FailEveryOperation.RunAsync(
            inner,
            factory => factory.Operations.Fails("wait") ? new TaskCompletionSource().Task : Task.CompletedTask,
            TimeSpan.FromMilliseconds(50)));
        Assert.Contains("operation 1 (wait): the run did not end in time", hung.Message, StringComparison.Ordinal);

        FaultRunException endless = await Assert.ThrowsAsync<FaultRunException>(() => FailEveryOperation.RunAsync(
            inner,
            factory =>
            {
                while (!factory.Operations.Fails("again"))
                {
                }

                return Task.CompletedTask;
            },
            maximum: 20));
        Assert.Contains("after 20", endless.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_prints_itself_and_a_seed_draws_the_same_one()
    {
        var plan = new FaultPlan { Seed = 9, FailAtOperation = 3, OnlyConnection = 2, Read = new ByteFaults { CutAt = 7, CutBy = CutKind.Reset, SliceAtMost = 2 } };
        Assert.Equal("seed 9; operation 3 fails; connection 2 only; read: cut at 7 by Reset, slices of up to 2", plan.ToString());
        string[] drawn = [.. Enumerable.Range(0, 200).Select(seed => FaultPlan.Random(seed, 100).ToString())];
        Assert.Equal(drawn, Enumerable.Range(0, 200).Select(seed => FaultPlan.Random(seed, 100).ToString()));
        foreach (string kind in (string[])["HalfClose", "Close", "Reset", "swallow", "slice at", "slices of", "xor"])
        {
            Assert.Contains(drawn, text => text.Contains(kind, StringComparison.Ordinal));
        }
    }

    private static async Task UseAsync(FaultTransportFactory factory)
    {
        ITransport client = await factory.ConnectAsync(Endpoint.Parse("ws://venue.test/"), CancellationToken.None);
        try
        {
            factory.Operations.Pass("the user's own");
            await client.Output.WriteAsync("hello"u8.ToArray());
            await client.Input.ReadAsync(Deadline.Token);
            await client.Output.CompleteAsync();
            await client.Input.CompleteAsync();
        }
        finally
        {
            await client.DisposeAsync();
        }
    }

    private FaultTransportFactory Factory(FaultPlan plan) => new(new InMemoryTransportFactory(AcceptAsync), plan, _time);

    private ValueTask AcceptAsync(InMemoryTransport server, Endpoint endpoint, CancellationToken cancellationToken)
    {
        _server = server;
        return default;
    }

    private static async ValueTask GreetAsync(InMemoryTransport server, Endpoint endpoint, CancellationToken cancellationToken) =>
        await server.Output.WriteAsync("hi"u8.ToArray(), cancellationToken);

    private ValueTask<ITransport> ConnectAsync(FaultPlan plan) => Factory(plan).ConnectAsync(Endpoint.Parse("ws://venue.test/"), CancellationToken.None);

    private async Task SendAsync(string text) => await _server!.Output.WriteAsync(Encoding.ASCII.GetBytes(text));

    private async Task<string> ReadServerAsync()
    {
        ReadResult read = await _server!.Input.ReadAsync(Deadline.Token);
        string text = Encoding.ASCII.GetString(read.Buffer.ToArray());
        _server.Input.AdvanceTo(read.Buffer.End);
        return text;
    }

    private static async Task<(List<string> Pieces, string End)> ReadAllAsync(ITransport client, int most = int.MaxValue)
    {
        List<string> pieces = [];
        try
        {
            while (true)
            {
                ReadResult read = await client.Input.ReadAsync(Deadline.Token);
                ReadOnlySequence<byte> taken = read.Buffer.Slice(0, Math.Min(most, read.Buffer.Length));
                if (!taken.IsEmpty)
                {
                    pieces.Add(Encoding.ASCII.GetString(taken.ToArray()));
                }

                bool isEnd = read.IsCompleted && taken.Length == read.Buffer.Length;
                client.Input.AdvanceTo(taken.End);
                if (isEnd)
                {
                    return (pieces, "end");
                }
            }
        }
        catch (NetworkException e)
        {
            return (pieces, e.GetType().Name);
        }
    }
}
