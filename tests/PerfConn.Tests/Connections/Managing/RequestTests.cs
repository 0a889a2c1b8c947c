using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Diagnostics;
using Xunit;

namespace PerfConn.Tests.Connections.Managing;

/// <summary>Requests and replies find each other, and every other end of a request is a typed one that leaves nothing behind.</summary>
public sealed class RequestTests : ManagerTestBase
{
    [Fact]
    public async Task T3_all_pending_requests_fail_with_the_cause_on_a_drop()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Options with { AutoReconnect = true });
        Task<JsonReply>[] asking = [.. Enumerable.Range(0, 50).Select(_ => Ask("{}"))];
        for (int i = 0; i < asking.Length; i++)
        {
            await peer.NextMessageAsync();
        }

        Assert.Equal(50, _manager.Get(id).PendingRequests);
        peer.Cut();

        foreach (Task<JsonReply> each in asking)
        {
            NetworkException cause = await Assert.ThrowsAsync<NetworkException>(() => Deadline.Within(each));
            Assert.Contains("connection reset", cause.Message, StringComparison.Ordinal);
        }

        await Deadline.UntilAsync(() => _manager.Get(id).PendingRequests == 0, "no request to be pending");
    }

    [Fact]
    public async Task A_close_of_the_peer_is_a_cause_with_its_code_and_reason()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        Task<JsonReply> asking = Ask("{}");
        await peer.NextMessageAsync();
        await peer.SendAsync(8, [0x03, 0xF4, (byte)'b', (byte)'y', (byte)'e']);
        LineClosedException cause = await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(asking));
        Assert.Equal((1012, "bye"), (cause.CloseCode, cause.Reason));
        Assert.Equal(0, _manager.Get(id).PendingRequests);
    }

    [Fact]
    public async Task A_disconnect_fails_what_is_pending()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        ManagedConnection connection = _manager.Get(id);
        Task<JsonReply> asking = Ask("{}");
        await peer.NextMessageAsync();
        await Deadline.Within(_manager.DisconnectAsync(id));
        await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(asking));
        Assert.Equal(0, connection.PendingRequests);
        await Assert.ThrowsAsync<UnknownConnectionException>(() => connection.RequestAsync("{}"u8.ToArray()).AsTask());
    }

    [Fact]
    public async Task A_request_without_a_reply_ends_after_ten_seconds_and_its_late_reply_is_told()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        int timers = _time.Waiting;
        Task<JsonReply> asking = Ask("{}");
        await peer.NextMessageAsync();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        RequestTimeoutException late = await Assert.ThrowsAsync<RequestTimeoutException>(() => Deadline.Within(asking));
        Assert.Equal((0, TimeSpan.FromSeconds(10)), (late.ConnectionId, late.Timeout));
        Assert.Equal((0, timers), (_manager.Get(id).PendingRequests, _time.Waiting));
        await peer.SendAsync("""{"req_id":1}""");
        await EventAsync<UnmatchedResponse>();
        UnmatchedResponse unmatched = _events.OfType<UnmatchedResponse>().Single();
        Assert.Equal((1L, 0), (unmatched.RequestId, unmatched.ConnectionId));
        Assert.Equal("""{"req_id":1}""", Encoding.UTF8.GetString(unmatched.Payload.Span));
    }

    [Fact]
    public async Task A_deadline_of_the_request_overrules_that_of_the_connection()
    {
        (ConnectionId _, ScriptedVenue.Connection peer) = await CreateAsync();
        Task<JsonReply> asking = _manager.RequestAsync("{}", timeout: TimeSpan.FromSeconds(1)).AsTask();
        await peer.NextMessageAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<RequestTimeoutException>(() => Deadline.Within(asking));
    }

    [Fact]
    public async Task A_request_that_is_given_up_leaves_nothing()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        int timers = 0;
        for (int i = 0; i < 3; i++)
        {
            using var stop = new CancellationTokenSource();
            Task<JsonReply> asking = _manager.RequestAsync("{}", cancellationToken: stop.Token).AsTask();
            await peer.NextMessageAsync();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(asking));

            // The line's own timers come with the first message.
            timers = i == 0 ? _time.Waiting : timers;
            Assert.Equal((0, timers), (_manager.Get(id).PendingRequests, _time.Waiting));
        }
    }

    [Fact]
    public async Task A_refusal_is_typed_with_the_venues_code_and_words()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        Task<JsonReply> asking = Ask("{}");
        await peer.NextMessageAsync();
        await peer.SendAsync("""{"echo_req":{"req_id":7},"error":{"code":"InvalidToken","message":"The token is invalid."},"req_id":1}""");
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => Deadline.Within(asking));
        Assert.Equal(("InvalidToken", "The token is invalid.", 0), (refused.Code, refused.Reason, refused.ConnectionId));
        Assert.Equal((0, LineState.Live), (_manager.Get(id).PendingRequests, _manager.Get(id).State));
    }

    [Fact]
    public async Task A_late_reply_of_an_older_connection_never_completes_a_newer_request()
    {
        (ConnectionId id, ScriptedVenue.Connection first) = await CreateAsync(Options with { AutoReconnect = true });
        Task<JsonReply> old = Ask("{}");
        Assert.Equal(1, IdOf(await first.NextMessageAsync()));
        first.Cut();
        await Assert.ThrowsAnyAsync<ConnectionException>(() => Deadline.Within(old));
        ScriptedVenue.Connection second = await ReturnAsync();

        Task<JsonReply> young = Ask("{}");
        Assert.Equal(2, IdOf(await second.NextMessageAsync()));
        await second.SendAsync("""{"for":"the old one","req_id":1}""");
        await EventAsync<UnmatchedResponse>();
        Assert.False(young.IsCompleted);
        await second.SendAsync("""{"for":"the young one","req_id":2}""");
        Assert.Contains("young", (await Deadline.Within(young)).ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _manager.Get(id).PendingRequests);
    }

    [Fact]
    public async Task Requests_that_were_under_way_in_a_rotation_fail_and_new_ones_go_out_on_the_new_connection()
    {
        (ConnectionId id, ScriptedVenue.Connection first) = await CreateAsync();
        Task<JsonReply> old = Ask("{}");
        await first.NextMessageAsync();
        Task rotating = _manager.Get(id).RotateAsync();
        ScriptedVenue.Connection second = await _venue.NextConnectionAsync();
        await Deadline.Within(rotating);
        await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(old));
        Task<JsonReply> young = Ask("{}");
        await second.NextMessageAsync();
        await second.SendAsync("""{"req_id":2}""");
        await Deadline.Within(young);
    }

    [Fact]
    public async Task A_request_during_an_outage_fails_at_once()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Options with { AutoReconnect = true });
        _venue.Refusal = new NetworkException("refused");
        peer.Cut();
        await EventAsync<LineReconnecting>();
        await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(Ask("{}")));
        Assert.Equal(0, _manager.Get(id).PendingRequests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1")]
    [InlineData("{} {}")]
    [InlineData("{\"req_id\":5}")]
    [InlineData("{\"ping\":1,\"req_id\":null}")]
    public async Task What_is_no_request_is_refused_and_nothing_is_sent(string payload)
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => Ask(payload));
        Assert.Equal(0, _manager.Get(id).PendingRequests);
        _ = Ask("""{"a":{"req_id":1}, "b":"}" } """);
        Assert.Equal("""{"a":{"req_id":1}, "b":"}" ,"req_id":2}""", await peer.NextMessageAsync());
    }

    [Fact]
    public async Task Any_number_of_callers_get_each_its_own_reply()
    {
        const int Callers = 8;
        const int Each = 200;
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        Task answering = Task.Run(async () =>
        {
            // In pairs, the later one first.
            for (int i = 0; i < Callers * Each / 2; i++)
            {
                string one = await peer.NextMessageAsync();
                string two = await peer.NextMessageAsync();
                await peer.SendAsync(two);
                await peer.SendAsync(one);
            }
        });
        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i += 2)
            {
                await Task.WhenAll(AskForMineAsync(caller, i), AskForMineAsync(caller, i + 1));
            }
        }))));
        await Deadline.Within(answering);
        Assert.Equal(0, _manager.Get(id).PendingRequests);
        Assert.Empty(_events.OfType<UnmatchedResponse>());

        async Task AskForMineAsync(int caller, int number)
        {
            string mine = $"\"caller\":{caller},\"number\":{number}";
            JsonReply reply = await _manager.RequestAsync("{" + mine + "}");
            Assert.Contains(mine + ",", reply.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Middleware_stands_around_requests_in_order_and_may_change_them()
    {
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        RequestHooks Hooks(string name) => new(
            context =>
            {
                log.Enqueue($"{name} before {Encoding.UTF8.GetString(context.Payload.Span)}");
                context.Payload = Encoding.UTF8.GetBytes($$"""{"{{name}}":1}""");
            },
            (context, reply, error) => log.Enqueue($"{name} after {reply?.ToString() ?? error!.GetType().Name} {context.Elapsed.TotalSeconds}"));
        await using ConnectionManager manager = NewManager(new ConnectionManagerOptions { Middleware = [Hooks("outer"), Hooks("inner")] });
        await manager.CreateAsync(Options);
        ScriptedVenue.Connection peer = await _venue.NextConnectionAsync();

        Task<JsonReply> asking = manager.RequestAsync("{}").AsTask();
        Assert.Equal("""{"inner":1,"req_id":1}""", await peer.NextMessageAsync());
        _time.Advance(TimeSpan.FromSeconds(3));
        await peer.SendAsync("""{"req_id":1}""");
        await Deadline.Within(asking);
        Task<JsonReply> failing = manager.RequestAsync("{}").AsTask();
        await peer.NextMessageAsync();
        await peer.SendAsync("""{"req_id":2,"error":{}}""");
        await Assert.ThrowsAsync<RequestRefusedException>(() => Deadline.Within(failing));

        Assert.Equal(
            [
                "outer before {}", "inner before {\"outer\":1}", "inner after {\"req_id\":1} 3", "outer after {\"req_id\":1} 3",
                "outer before {}", "inner before {\"outer\":1}", "inner after RequestRefusedException 0", "outer after RequestRefusedException 0",
            ],
            log);
    }

    [Fact]
    public async Task A_middleware_that_throws_fails_its_own_request_only()
    {
        int calls = 0;
        await using ConnectionManager manager = NewManager(new ConnectionManagerOptions
        {
            Middleware = [new RequestHooks(_ => throw new InvalidOperationException($"call {++calls}"))],
        });
        ConnectionId id = await manager.CreateAsync(Options);
        await Assert.ThrowsAsync<InvalidOperationException>(() => manager.RequestAsync("{}").AsTask());
        Assert.Equal((0, LineState.Live), (manager.Get(id).PendingRequests, manager.Get(id).State));
    }

    private async Task<ScriptedVenue.Connection> ReturnAsync()
    {
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(250));
                return _events.OfType<LineReconnected>().Any();
            },
            "the line to be back");
        return await _venue.NextConnectionAsync();
    }
}
