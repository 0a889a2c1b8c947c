using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Connections.Parallel;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Connections.Managing;

/// <summary>Many connections at once, each with its number.</summary>
public sealed class ManagerParallelTests : ManagerTestBase
{
    private readonly ParallelConnectOptions _once = new() { Retry = Retry.None };

    [Fact]
    public async Task T17_partial_success_is_a_result_in_order_and_the_cap_is_respected()
    {
        int open = 0;
        int most = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _venue.Accepting = async (endpoint, _) =>
        {
            int now = Interlocked.Increment(ref open);
            for (int seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
            {
                Interlocked.CompareExchange(ref most, now, seen);
            }

            await gate.Task;
            Interlocked.Decrement(ref open);
            if (endpoint.Url.Host.StartsWith("bad", StringComparison.Ordinal))
            {
                throw new NetworkException("no route");
            }
        };
        Task<ParallelConnectResult<ManagedConnection>> connecting = _manager.ConnectParallelAsync(
            [.. Enumerable.Range(0, 9).Select(i => To(i % 3 == 0 ? $"bad{i}.test" : "same.test"))], _once with { MaxConcurrency = 2 });
        await Deadline.UntilAsync(() => Volatile.Read(ref open) == 2, "two attempts");
        gate.SetResult();
        ParallelConnectResult<ManagedConnection> result = await Deadline.Within(connecting);

        Assert.Equal(2, most);
        Assert.Equal(9, result.Outcomes.Count);
        Assert.All(result.Outcomes, outcome => Assert.Equal(outcome.Index % 3 == 0, outcome.Status == ConnectStatus.Failed));
        Assert.All(result.Outcomes.Where(outcome => outcome.Status == ConnectStatus.Failed), outcome => Assert.Contains("no route", outcome.Error!.Message, StringComparison.Ordinal));

        // Numbers in the order given; those that failed are let go of, and the first that is connected is the default.
        Assert.Equal([1, 2, 4, 5, 7, 8], result.Connections.Select(each => each.Id.Value));
        Assert.Equal([1, 2, 4, 5, 7, 8], _manager.GetAll().Select(each => each.Id.Value));
        Assert.Equal((1, 6), (_manager.Default.Value, _venue.Open));
        await Deadline.Within(result.DisposeAsync().AsTask());
        Assert.Equal((0, 0), (_manager.Count, _venue.Open));
    }

    [Fact]
    public async Task T18_a_strategy_sees_the_typed_error_and_can_stop()
    {
        var seen = new ConcurrentQueue<(int Attempt, Type Error)>();
        _venue.Refusal = new NetworkException("no route");
        ParallelConnectResult<ManagedConnection> result = await Deadline.Within(_manager.ConnectParallelAsync([To("one.test")], new ParallelConnectOptions
        {
            Retry = Retry.Custom((attempt, error, _) =>
            {
                seen.Enqueue((attempt, error!.GetType()));
                return attempt < 3 ? TimeSpan.Zero : null;
            }),
        }));
        Assert.Equal([(1, typeof(NetworkException)), (2, typeof(NetworkException)), (3, typeof(NetworkException))], seen);
        Assert.Equal((3, 3, 0), (_venue.Attempts, result.Outcomes[0].Attempts, _manager.Count));
        Assert.Throws<AllConnectionsFailedException>(result.ThrowIfFailed);
    }

    [Fact]
    public async Task Enough_connections_leave_the_others_and_nothing_of_those_stays()
    {
        var never = new TaskCompletionSource();
        _venue.Accepting = (endpoint, stop) => endpoint.Url.Host == "slow.test" ? never.Task.WaitAsync(stop) : Task.CompletedTask;
        ParallelConnectResult<ManagedConnection> result = await Deadline.Within(_manager.ConnectParallelAsync([To("slow.test"), To("a.test"), To("slow.test"), To("b.test")], _once with { Required = 2 }));
        Assert.Equal([ConnectStatus.Abandoned, ConnectStatus.Connected, ConnectStatus.Abandoned, ConnectStatus.Connected], result.Outcomes.Select(outcome => outcome.Status));
        Assert.Equal([1, 3], _manager.GetAll().Select(each => each.Id.Value));
        Assert.Equal((2, 1), (_venue.Open, _manager.Default.Value));
    }

    [Fact]
    public async Task Given_up_it_leaves_nothing_and_the_next_connection_is_the_default()
    {
        var never = new TaskCompletionSource();
        _venue.Accepting = (endpoint, stop) => endpoint.Url.Host == "slow.test" ? never.Task.WaitAsync(stop) : Task.CompletedTask;
        using var stop = new CancellationTokenSource();
        Task connecting = _manager.ConnectParallelAsync([To("slow.test"), To("a.test")], _once, cancellationToken: stop.Token);
        await EventAsync<LineConnected>();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(connecting));
        Assert.Equal((0, 0), (_manager.Count, _venue.Open));
        Assert.Equal(_manager.Add(Options), _manager.Default);
    }

    [Fact]
    public async Task What_is_wrong_is_told_all_at_once_and_nothing_is_made()
    {
        InvalidOptionsException wrong = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => _manager.ConnectParallelAsync([Options, Options with { MaxRetries = -1 }], new ParallelConnectOptions { MaxConcurrency = 0 }));
        Assert.Equal(["connections[1].MaxRetries", "MaxConcurrency"], wrong.Errors.Select(error => error.Split(' ')[0]));
        await Assert.ThrowsAsync<InvalidOptionsException>(() => _manager.ConnectParallelAsync(Array.Empty<Endpoint>()));
        Assert.Equal((0, 0), (_manager.Count, _venue.Attempts));
    }

    private ConnectionOptions To(string host) => Options with { Endpoint = Endpoint.Parse($"ws://{host}/") };
}
