using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
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

/// <summary>Events of one connection and of all, and observers that misbehave.</summary>
public sealed class EventStreamTests : ManagerTestBase
{
    [Fact]
    public async Task Every_connection_has_its_events_and_the_manager_has_all_of_them()
    {
        ConnectionId first = _manager.Add(Options);
        ConnectionId second = _manager.Add(Options);
        var own = new ConcurrentQueue<LineEvent>();
        _manager.Get(second).Events.Subscribe(own.Enqueue);
        await Deadline.Within(_manager.ConnectAllAsync());
        await Deadline.Within(_manager.DisconnectAllAsync());
        await EventAsync<ConnectionRemoved>(2);
        await Deadline.UntilAsync(() => own.OfType<ConnectionRemoved>().Any(), "the end");

        Type[] life = [typeof(LineConnecting), typeof(LineConnected), typeof(LineClosed), typeof(ConnectionRemoved)];
        Assert.Equal(life, own.Select(each => each.GetType()));
        Assert.All(own, each => Assert.Equal((second.Value, "venue.test"), (each.ConnectionId, each.Line)));
        foreach (ConnectionId id in (ConnectionId[])[first, second])
        {
            Assert.Equal([typeof(ConnectionCreated), .. life], _events.Where(each => each.ConnectionId == id.Value).Select(each => each.GetType()));
        }
    }

    [Fact]
    public async Task The_whole_life_of_a_lost_connection_is_told()
    {
        (ConnectionId _, ScriptedVenue.Connection peer) = await CreateAsync(Options with { AutoReconnect = true, MaxRetries = 2 });
        var errors = new ConcurrentQueue<LineEvent>();
        _manager.Errors.WithCapacity(100).Subscribe(errors.Enqueue);
        _venue.Refusal = new NetworkException("refused");
        peer.Cut();
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _events.OfType<LineClosed>().Any();
            },
            "the end");
        Assert.Equal(
            [
                "ConnectionCreated", "LineConnecting", "LineConnected", "LineLost", "LineReconnecting", "LineConnecting", "LineReconnectFailed", "LineReconnecting", "LineConnecting",
                "LineReconnectFailed", "LineRetriesExhausted", "LineClosed",
            ],
            _events.Select(each => each.GetType().Name));
        await Deadline.UntilAsync(() => errors.Count == 5, "the errors");
        Assert.Equal(["LineLost", "LineReconnectFailed", "LineReconnectFailed", "LineRetriesExhausted", "LineClosed"], errors.Select(each => each.GetType().Name));
    }

    [Fact]
    public async Task An_enumeration_hears_of_everything_from_its_beginning_on()
    {
        IAsyncEnumerator<LineEvent> events = _manager.Events.GetAsyncEnumerator();
        (ConnectionId id, ScriptedVenue.Connection _) = await CreateAsync();
        await Deadline.Within(_manager.DisconnectAsync(id));
        var types = new List<Type>();
        while (types.Count < 5 && await Deadline.Within(events.MoveNextAsync().AsTask()))
        {
            types.Add(events.Current.GetType());
        }

        Assert.Equal([typeof(ConnectionCreated), typeof(LineConnecting), typeof(LineConnected), typeof(LineClosed), typeof(ConnectionRemoved)], types);
        Task<bool> waiting = events.MoveNextAsync().AsTask();
        await Deadline.Within(_manager.DisposeAsync().AsTask());
        Assert.False(await Deadline.Within(waiting));
    }

    [Fact]
    public async Task An_observer_that_throws_is_called_no_more_and_the_others_hear_of_it()
    {
        int calls = 0;
        _manager.Events.Subscribe(_ =>
        {
            calls++;
            throw new InvalidOperationException("observer");
        });
        await CreateAsync();
        await EventAsync<ConnectionError>();
        await CreateAsync();
        Assert.Equal((1, "observer"), (calls, _events.OfType<ConnectionError>().Single().Error.Message));
    }

    [Fact]
    public async Task An_observer_that_blocks_costs_only_itself()
    {
        using var gate = new ManualResetEventSlim();
        var slow = new ConcurrentQueue<LineEvent>();
        EventStream ten = _manager.Events.WithCapacity(10);
        ten.Subscribe(what =>
        {
            slow.Enqueue(what);
            gate.Wait();
        });
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Options with { TellsMessages = true });
        await Deadline.UntilAsync(() => slow.Count == 1, "the first event");
        for (int i = 1; i <= 20; i++)
        {
            Task<JsonReply> asking = Ask("{}");
            await peer.NextMessageAsync();
            await peer.SendAsync($$"""{"req_id":{{i}}}""");
            await Deadline.Within(asking);
        }

        await Deadline.Within(_manager.DisconnectAsync(id));
        await EventAsync<ConnectionRemoved>();
        Assert.Equal((20, 20), (_events.OfType<MessageSent>().Count(), _events.OfType<MessageReceived>().Count()));

        // 2 steps of connecting, 40 messages, 2 of the end came while it was blocked; 10 had room.
        Assert.Equal(34, ten.Dropped);
        gate.Set();
        await Deadline.UntilAsync(() => slow.OfType<ConnectionRemoved>().Any(), "what was kept");
        Assert.Equal(11, slow.Count);
        Assert.Single(slow.OfType<LineConnecting>());
        Assert.Equal(6, slow.Count(each => each.Priority == EventPriority.Trace));
        Assert.Equal("""{"req_id":20}""", Encoding.UTF8.GetString(slow.OfType<MessageReceived>().Last().Payload.Span));
    }

    [Fact]
    public async Task An_observer_may_close_its_own_connection_and_the_manager_from_inside()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Options with { AutoReconnect = true });
        var done = new TaskCompletionSource();
        _manager.Get(id).Events.Subscribe(new DelegateObserver<LineEvent>(what =>
        {
            if (what is LineLost)
            {
                // Blocking on purpose: nothing that it waits for may wait for it.
#pragma warning disable xUnit1031
                _manager.DisconnectAsync(id).GetAwaiter().GetResult();
                _manager.DisposeAsync().AsTask().GetAwaiter().GetResult();
#pragma warning restore xUnit1031
                done.SetResult();
            }
        }));
        peer.Cut();
        await Deadline.Within(done.Task);
        Assert.Equal((0, 0), (_venue.Open, _manager.Count));
    }

    [Fact]
    public async Task A_listener_of_the_line_that_throws_costs_its_own_event()
    {
        var told = new ConcurrentQueue<LineEvent>();
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Options with
        {
            Line = Options.Line with
            {
                OnEvent = what =>
                {
                    told.Enqueue(what);
                    throw new InvalidOperationException("listener");
                },
            },
        });
        Task<JsonReply> asking = Ask("{}");
        await peer.NextMessageAsync();
        peer.Cut();
        await Assert.ThrowsAnyAsync<ConnectionException>(() => Deadline.Within(asking));
        await EventAsync<LineClosed>();
        await Deadline.UntilAsync(() => told.OfType<LineClosed>().Any(), "the end");
        Assert.All(told, each => Assert.Equal(id.Value, each.ConnectionId));
    }

    [Fact]
    public async Task Messages_are_told_only_when_asked_for()
    {
        (ConnectionId quiet, ScriptedVenue.Connection peer) = await CreateAsync();
        Task<JsonReply> asking = Ask("{}", quiet);
        await peer.NextMessageAsync();
        await peer.SendAsync("""{"req_id":1}""");
        await Deadline.Within(asking);
        await peer.SendAsync("not json");
        await EventAsync<UnmatchedResponse>();
        Assert.DoesNotContain(_events, each => each is MessageSent or MessageReceived);
        Assert.Null(_events.OfType<UnmatchedResponse>().Single().RequestId);
    }

    [Fact]
    public async Task A_change_of_the_network_is_told_until_the_manager_is_gone()
    {
        var network = new ManualNetwork();
        ConnectionManager manager = NewManager(new ConnectionManagerOptions { Network = network });
        network.Tell(false);
        network.Tell(true);
        await EventAsync<NetworkPathChanged>(2);
        Assert.Equal([false, true], _events.OfType<NetworkPathChanged>().Select(each => each.IsAvailable));
        await manager.DisposeAsync();
        Assert.False(network.IsWatched);
    }

    [Fact]
    public void The_systems_own_notifications_can_be_watched_and_left()
    {
        IDisposable watching = SystemNetworkMonitor.Instance.Watch(static _ => { });
        watching.Dispose();
        watching.Dispose();
    }

    private sealed class ManualNetwork : INetworkMonitor, IDisposable
    {
        private Action<bool>? _changed;

        public bool IsWatched => _changed is not null;

        public void Tell(bool isAvailable) => _changed!(isAvailable);

        public IDisposable Watch(Action<bool> changed)
        {
            _changed = changed;
            return this;
        }

        public void Dispose() => _changed = null;
    }
}
