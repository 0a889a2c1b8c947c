using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Tests.Connections.Managing;

/// <summary>Connections by their numbers: made, found, closed, and closed for good.</summary>
public sealed class ConnectionManagerTests : ManagerTestBase
{
    /// <summary>RELIABILITY D23: what a venue has asked of one attempt holds for the next one, whoever makes it (found by simulation).</summary>
    [Fact]
    public async Task A_venue_that_asked_to_be_left_alone_is_not_asked_by_a_second_call_either()
    {
        var hosts = new Hosts();
        hosts.Refuse("venue.test", new HandshakeException(new Uri("ws://venue.test/api"), "slow down", 429, TimeSpan.FromSeconds(30)));
        ManagedConnection connection = _manager.Get(_manager.Add(Options with { Line = Options.Line with { Transport = hosts } }));
        await Assert.ThrowsAsync<HandshakeException>(() => Deadline.Within(connection.ConnectAsync()));
        EndpointsUnavailableException e = await Assert.ThrowsAsync<EndpointsUnavailableException>(() => Deadline.Within(connection.ConnectAsync()));
        Assert.Equal(30, e.RetryAfter.TotalSeconds);
        Assert.Single(hosts.Asked);
        hosts.Refuse("venue.test", null);
        _time.Advance(TimeSpan.FromSeconds(30));
        await Deadline.Within(connection.ConnectAsync());
        Assert.Equal(LineState.Live, connection.State);
    }

    [Fact]
    public async Task T1_a_call_on_a_second_connection_completes_and_an_unknown_id_is_a_typed_error_that_names_it()
    {
        (ConnectionId first, ScriptedVenue.Connection _) = await CreateAsync();
        (ConnectionId second, ScriptedVenue.Connection peer) = await CreateAsync();
        Assert.Equal((0, 1), (first.Value, second.Value));

        Task<JsonReply> asking = Ask("""{"ping":1}""", second);
        Assert.Equal("""{"ping":1,"req_id":1}""", await peer.NextMessageAsync());
        await peer.SendAsync("""{"ping":"pong","req_id":1}""");
        Assert.Equal("""{"ping":"pong","req_id":1}""", (await Deadline.Within(asking)).ToString());

        UnknownConnectionException unknown = await Assert.ThrowsAsync<UnknownConnectionException>(() => Ask("{}", 999));
        Assert.Equal((999, false, "connection 999 does not exist"), (unknown.ConnectionId, unknown.IsClosed, unknown.Message));
        Assert.IsAssignableFrom<ConnectionException>(unknown);
        Assert.False(_manager.TryGet(999, out _));
        await Assert.ThrowsAsync<UnknownConnectionException>(() => _manager.DisconnectAsync(-1));
    }

    [Fact]
    public async Task T2_a_drop_and_a_disconnect_during_backoff_leave_no_socket_and_no_callback()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Options with { AutoReconnect = true });
        _venue.Refusal = new NetworkException("refused");
        peer.Cut();
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                return _events.OfType<LineReconnectFailed>().Any();
            },
            "a failed attempt");
        await Deadline.UntilAsync(() => _events.OfType<LineReconnecting>().Count() >= 2 && _time.Waiting > 0, "backoff");
        int attempts = _venue.Attempts;
        _venue.Refusal = null;

        await Deadline.Within(_manager.DisconnectAsync(id));

        await EventAsync<ConnectionRemoved>();
        int told = _events.Count;
        Assert.Equal(CloseInitiator.User, _events.OfType<LineClosed>().Single().Initiator);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((attempts, 0, 0), (_venue.Attempts, _venue.Open, _time.Waiting));
        Assert.Equal(told, _events.Count);
        Assert.IsType<ConnectionRemoved>(_events.Last());
        UnknownConnectionException closed = Assert.Throws<UnknownConnectionException>(() => _manager.Get(id));
        Assert.Equal((id.Value, true), (closed.ConnectionId, closed.IsClosed));
    }

    [Fact]
    public async Task A_disconnect_while_it_connects_is_final_too()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _venue.Accepting = (_, stop) => gate.Task.WaitAsync(stop);
        ConnectionId id = _manager.Add(Options);
        ManagedConnection connection = _manager.Get(id);
        Task connecting = connection.ConnectAsync();
        await Deadline.UntilAsync(() => _venue.Attempts == 1, "the attempt");

        await Deadline.Within(_manager.DisconnectAsync(id));
        gate.SetResult();

        Assert.True((await Assert.ThrowsAsync<UnknownConnectionException>(() => Deadline.Within(connecting))).IsClosed);
        await Assert.ThrowsAsync<UnknownConnectionException>(() => connection.ConnectAsync());
        Assert.Equal((0, LineState.Closed), (_venue.Open, connection.State));
    }

    [Fact]
    public async Task Making_one_connection_never_holds_up_another()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _venue.Accepting = (endpoint, stop) => endpoint.Url.Host == "slow.test" ? gate.Task.WaitAsync(stop) : Task.CompletedTask;
        Task<ConnectionId> slow = _manager.CreateAsync(Options with { Endpoint = Endpoint.Parse("ws://slow.test/") });

        (ConnectionId quick, ScriptedVenue.Connection peer) = await CreateAsync();
        Task<JsonReply> asking = Ask("{}", quick);
        await peer.NextMessageAsync();
        await peer.SendAsync("""{"req_id":1}""");
        await Deadline.Within(asking);

        Assert.False(slow.IsCompleted);
        gate.SetResult();
        Assert.Equal(0, (await Deadline.Within(slow)).Value);
        Assert.Equal(1, quick.Value);
        Assert.Equal([0, 1], _manager.GetAll().Select(each => each.Id.Value));
    }

    [Fact]
    public async Task Calls_without_a_number_go_to_the_first_connection_until_it_is_closed_and_then_nowhere_by_themselves()
    {
        (ConnectionId first, ScriptedVenue.Connection _) = await CreateAsync();
        (ConnectionId second, ScriptedVenue.Connection peer) = await CreateAsync();
        Assert.Equal(first, _manager.Get().Id);

        await Deadline.Within(_manager.DisconnectAsync());

        UnknownConnectionException closed = await Assert.ThrowsAsync<UnknownConnectionException>(() => Ask("{}"));
        Assert.Equal((0, true), (closed.ConnectionId, closed.IsClosed));
        _manager.Default = second;
        Task<JsonReply> asking = Ask("{}");
        await peer.NextMessageAsync();
        await peer.SendAsync("""{"req_id":1}""");
        await Deadline.Within(asking);
        await Deadline.Within(_manager.DisconnectAllAsync());
        Assert.Equal((0, 0), (_manager.Count, _venue.Open));
    }

    [Fact]
    public async Task One_that_cannot_be_connected_is_a_typed_error_and_leaves_nothing()
    {
        _venue.Refusal = new NetworkException("no route");
        NetworkException error = await Assert.ThrowsAsync<NetworkException>(() => _manager.CreateAsync(Options));
        Assert.Contains("no route", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _manager.Count);
        await EventAsync<ConnectionRemoved>();
        Assert.Equal([typeof(ConnectionCreated), typeof(LineConnecting), typeof(ConnectFailed), typeof(ConnectionRemoved)], _events.Select(each => each.GetType()));

        _venue.Refusal = null;
        (ConnectionId next, ScriptedVenue.Connection _) = await CreateAsync();
        Assert.Equal((1, next), (next.Value, _manager.Default));
    }

    [Fact]
    public async Task A_create_that_is_given_up_leaves_nothing()
    {
        var never = new TaskCompletionSource();
        _venue.Accepting = (_, stop) => never.Task.WaitAsync(stop);
        using var stop = new CancellationTokenSource();
        Task<ConnectionId> creating = _manager.CreateAsync(Options, stop.Token);
        await Deadline.UntilAsync(() => _venue.Attempts == 1, "the attempt");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(creating));
        Assert.Equal((0, 0), (_manager.Count, _venue.Open));
    }

    [Fact]
    public async Task Connecting_all_connects_those_that_are_not_and_tells_every_cause()
    {
        ConnectionId good = _manager.Add(Options);
        ConnectionId bad = _manager.Add(Options with { Endpoint = Endpoint.Parse("ws://bad.test/") });
        _venue.Accepting = (endpoint, _) => endpoint.Url.Host == "bad.test" ? throw new NetworkException("no route") : Task.CompletedTask;

        AllConnectionsFailedException failed = await Assert.ThrowsAsync<AllConnectionsFailedException>(() => Deadline.Within(_manager.ConnectAllAsync()));
        Assert.Contains("no route", Assert.Single(failed.Causes).Message, StringComparison.Ordinal);
        Assert.Equal((LineState.Live, LineState.Idle), (_manager.Get(good).State, _manager.Get(bad).State));

        _venue.Accepting = null;
        await Deadline.Within(_manager.ConnectAllAsync());
        Assert.Equal((LineState.Live, 3, 2), (_manager.Get(bad).State, _venue.Attempts, _venue.Open));
    }

    [Fact]
    public async Task One_that_has_ended_by_itself_tells_its_cause_and_can_be_connected_again()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync();
        await peer.SendAsync(8, [0x03, 0xF4, (byte)'b', (byte)'y', (byte)'e']);
        await EventAsync<LineClosed>();
        await Deadline.UntilAsync(() => _manager.Get(id).State == LineState.Closed, "its end");

        UnknownConnectionException closed = await Assert.ThrowsAsync<UnknownConnectionException>(() => Ask("{}", id));
        Assert.Equal((0, true), (closed.ConnectionId, closed.IsClosed));
        LineClosedException cause = Assert.IsType<LineClosedException>(closed.InnerException);
        Assert.Equal((1012, "bye"), (cause.CloseCode, cause.Reason));

        await Deadline.Within(_manager.Get(id).ConnectAsync());
        ScriptedVenue.Connection again = await _venue.NextConnectionAsync();
        Task<JsonReply> asking = Ask("{}", id);
        await again.NextMessageAsync();
        await again.SendAsync("""{"req_id":1}""");
        await Deadline.Within(asking);
    }

    [Fact]
    public void What_is_wrong_with_options_is_told_all_at_once()
    {
        InvalidOptionsException wrong = Assert.Throws<InvalidOptionsException>(() => _manager.Add(Options with
        {
            MaxRetries = -1,
            RequestTimeout = TimeSpan.Zero,
            Query = [new("", "x")],
            Line = new LineOptions { ConnectTimeout = TimeSpan.Zero },
        }));
        Assert.Equal(4, wrong.Errors.Count);
        Assert.Equal(["MaxRetries", "RequestTimeout", "Line.ConnectTimeout", "Query[0]"], wrong.Errors.Select(error => error.Split(' ')[0]));
        InvalidOptionsException own = Assert.Throws<InvalidOptionsException>(() => new ConnectionManager(new ConnectionManagerOptions { EventCapacity = 0, SubscriptionCapacity = 0, Middleware = null! }));
        Assert.Equal(3, own.Errors.Count);
        Assert.Equal(0, _manager.Count);
    }

    [Fact]
    public async Task After_its_disposal_a_manager_makes_nothing_and_its_events_have_ended()
    {
        await CreateAsync();
        var ended = new TaskCompletionSource();
        _manager.Events.Subscribe(new DelegateObserver<LineEvent>(static _ => { }, null, ended.SetResult));
        await Deadline.Within(_manager.DisposeAsync().AsTask());
        await Deadline.Within(ended.Task);
        Assert.Throws<ObjectDisposedException>(() => _manager.Add(Options));
        Assert.Equal(0, _venue.Open);
        await Deadline.Within(_manager.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Nothing_that_is_shown_holds_a_secret_of_the_address()
    {
        const string Secret = "hunter2secret";
        ConnectionOptions options = Options with
        {
            Endpoint = Endpoint.Parse($"ws://user:{Secret}@venue.test/api?key={Secret}"),
            Query = [new("token", Secret)],
            AutoReconnect = true,
            MaxRetries = 1,
        };
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(options);
        Task<JsonReply> refused = Ask("{}", id);
        await peer.NextMessageAsync();
        await peer.SendAsync($$$"""{"req_id":1,"error":{"code":"{{{Secret}}}","message":"no {{{Secret}}}"}}""");
        RequestRefusedException refusal = await Assert.ThrowsAsync<RequestRefusedException>(() => Deadline.Within(refused));
        Task<JsonReply> lost = Ask("{}", id);
        await peer.NextMessageAsync();
        _venue.Refusal = new NetworkException("refused");
        peer.Cut();
        ConnectionException loss = await Assert.ThrowsAnyAsync<ConnectionException>(() => Deadline.Within(lost));
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return _events.OfType<LineClosed>().Any();
            },
            "the end");

        string shown = string.Join('\n', _events) + refusal + loss + _manager.Get(id) + _manager.Get(id).Endpoint;
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
        Assert.Contains("no ***", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_query_of_the_options_joins_that_of_the_address()
    {
        Uri? seen = null;
        _venue.Accepting = (endpoint, _) =>
        {
            seen = endpoint.Url;
            return Task.CompletedTask;
        };
        await CreateAsync(Options with
        {
            Endpoint = Endpoint.Parse("ws://venue.test/api?x=1"),
            Query = [new("app_id", "a&b"), new("l", "FR"), new("brand", "")],
        });
        Assert.Equal("/api?x=1&app_id=a%26b&l=FR", seen!.PathAndQuery);
    }
}
