using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Events;
using PerfConn.Connections.Managing;
using PerfConn.Diagnostics;
using PerfConn.Venues.Deriv;
using Xunit;

namespace PerfConn.Tests.Connections.Managing;

/// <summary>Answers that come when nobody waits for them any more: whatever the venue has, somebody here wants, or the venue is asked to forget it.</summary>
public sealed class LateAnswerTests : ManagerTestBase
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private ConnectionOptions Deriv => Options with { Protocol = DerivProtocol.Instance };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_subscription_that_is_confirmed_after_it_was_given_up_is_forgotten_once(bool byItsCaller)
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv);
        using var patience = new CancellationTokenSource();
        Task<ManagedSubscription> subscribing = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id, cancellationToken: patience.Token);
        long request = IdOf(await peer.NextMessageAsync());
        if (byItsCaller)
        {
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(subscribing));
        }

        _time.Advance(s_timeout);
        if (!byItsCaller)
        {
            await Assert.ThrowsAsync<RequestTimeoutException>(() => Deadline.Within(subscribing));
        }

        await Deadline.UntilAsync(() => _manager.Get(id).SubscriptionCount == 0 && _manager.Get(id).PendingRequests == 0, "the end here");
        await peer.SendAsync(Tick(request, "s1"));
        string forget = await peer.NextMessageAsync();
        Assert.Contains("\"forget\":\"s1\"", forget, StringComparison.Ordinal);

        // An equal one is asked for when the venue has forgotten this; what is still under way of it asks for nothing.
        await peer.SendAsync(Tick(request, "s1"));
        Task<ManagedSubscription> again = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id);
        await PingAsync(id, peer);
        await peer.SendAsync($$$"""{"forget":1,"req_id":{{{IdOf(forget)}}}}""");
        string subscribe = await peer.NextMessageAsync();
        Assert.Contains("\"subscribe\":1", subscribe, StringComparison.Ordinal);
        await peer.SendAsync(Tick(IdOf(subscribe), "s2"));
        await using ManagedSubscription standing = await Deadline.Within(again);
        Assert.True(standing.IsLive);
        await peer.SendAsync(Tick(request, "s1"));
        await PingAsync(id, peer);
        _ = AnswerAsync(peer);
    }

    [Fact]
    public async Task One_that_is_refused_after_it_was_given_up_asks_for_nothing()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv);
        Task<ManagedSubscription> subscribing = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id);
        long request = IdOf(await peer.NextMessageAsync());
        _time.Advance(s_timeout);
        await Assert.ThrowsAsync<RequestTimeoutException>(() => Deadline.Within(subscribing));
        await peer.SendAsync($$$"""{"error":{"code":"InvalidSymbol","message":"no"},"req_id":{{{request}}}}""");
        await PingAsync(id, peer);
        Assert.Empty(_events.OfType<ConnectionError>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restored_one_that_was_asked_for_twice_lives_on_what_came_first_and_is_forgotten_under_both_names(bool refused)
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv with { AutoReconnect = true });
        Task<ManagedSubscription> subscribing = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id);
        await peer.SendAsync(Tick(IdOf(await peer.NextMessageAsync()), "old"));
        ManagedSubscription subscription = await Deadline.Within(subscribing);
        peer.Cut();
        await PassAsync(() => _venue.Attempts == 2);
        peer = await _venue.NextConnectionAsync();
        long first = IdOf(await peer.NextMessageAsync());
        Task<string> next = peer.NextMessageAsync();
        await PassAsync(() => next.IsCompleted);
        long second = IdOf(await next);
        await peer.SendAsync(Tick(first, "a"));
        await peer.SendAsync(refused ? $$$"""{"error":{"code":"AlreadySubscribed","message":"no"},"req_id":{{{second}}}}""" : Tick(second, "b"));
        await Deadline.UntilAsync(() => subscription.IsLive, "an answer");
        Task disposing = subscription.DisposeAsync().AsTask();
        if (refused)
        {
            // The venue has it already, it says: that is no end of it.
            Assert.Contains("\"forget\":\"a\"", await ForgetAsync(peer), StringComparison.Ordinal);
            await Deadline.Within(disposing);
            Assert.DoesNotContain(_events.OfType<ConnectionError>(), what => what.Error is RequestRefusedException);
            return;
        }

        string[] forgotten = [await ForgetAsync(peer), await ForgetAsync(peer)];
        await Deadline.Within(disposing);
        Assert.Contains("\"forget\":\"a\"", forgotten[0], StringComparison.Ordinal);
        Assert.Contains("\"forget\":\"b\"", forgotten[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forget_all_that_is_not_answered_has_each_forgotten_by_itself()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv);
        ManagedSubscription one = await SubscribeAsync(id, peer, "R_100", "s1");
        ManagedSubscription two = await SubscribeAsync(id, peer, "R_50", "s2");
        Task<JsonReply> forgetting = _manager.ForgetAllAsync("ticks", id);
        Assert.Contains("\"forget_all\":\"ticks\"", await peer.NextMessageAsync(), StringComparison.Ordinal);
        Assert.Equal(0, _manager.Get(id).SubscriptionCount);
        Task<ManagedSubscription> again = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id);
        _time.Advance(s_timeout);
        await Assert.ThrowsAsync<RequestTimeoutException>(() => Deadline.Within(forgetting));
        Assert.Equal(1, await CountAsync(one));
        Assert.Equal(1, await CountAsync(two));

        // Each by its name; the one that is wanted again is asked for when it has been forgotten.
        string[] forgets = [await peer.NextMessageAsync(), await peer.NextMessageAsync()];
        Assert.Equal(["s1", "s2"], forgets.Select(NameOf).Order());
        await PingAsync(id, peer);
        foreach (string forget in forgets)
        {
            await peer.SendAsync($$$"""{"forget":1,"req_id":{{{IdOf(forget)}}}}""");
        }

        await peer.SendAsync(Tick(IdOf(await peer.NextMessageAsync()), "s3"));
        await using ManagedSubscription standing = await Deadline.Within(again);
        _ = AnswerAsync(peer);
    }

    [Fact]
    public async Task One_that_comes_and_goes_while_an_equal_one_is_being_forgotten_is_not_asked_for_and_the_next_waits()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv);
        ManagedSubscription one = await SubscribeAsync(id, peer, "R_100", "s1");
        Task leaving = one.DisposeAsync().AsTask();
        string forget = await peer.NextMessageAsync();
        using var patience = new CancellationTokenSource();
        Task<ManagedSubscription> second = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id, cancellationToken: patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(second));
        Task<ManagedSubscription> third = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id);
        await PingAsync(id, peer);
        await peer.SendAsync($$$"""{"forget":1,"req_id":{{{IdOf(forget)}}}}""");
        await Deadline.Within(leaving);
        string subscribe = await peer.NextMessageAsync();
        await PingAsync(id, peer);
        await peer.SendAsync(Tick(IdOf(subscribe), "s2"));
        await using ManagedSubscription standing = await Deadline.Within(third);
        _ = AnswerAsync(peer);
    }

    [Fact]
    public async Task Forgetting_one_of_the_names_of_a_subscription_forgets_all_of_them()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv);
        Task<ManagedSubscription> subscribing = _manager.SubscribeAsync("""{"ticks":["R_100","R_50"]}""", id);
        long request = IdOf(await peer.NextMessageAsync());
        await peer.SendAsync(Tick(request, "s1"));
        await Deadline.Within(subscribing);
        await peer.SendAsync(Tick(request, "s2"));
        await PingAsync(id, peer);
        Task<JsonReply> forgetting = _manager.Get(id).ForgetAsync("s1");
        string[] forgets = [await ForgetAsync(peer), await ForgetAsync(peer)];
        await Deadline.Within(forgetting);
        Assert.Equal(["s1", "s2"], forgets.Select(NameOf).Order());
        await PingAsync(id, peer);
    }

    /// <summary>It waits for its place in the venue's budget, and meanwhile the answer to the first request comes: a second one would be refused, and end what stands (found by review).</summary>
    [Fact]
    public async Task A_restored_one_that_is_confirmed_while_it_waits_to_be_asked_for_again_is_not_asked_for()
    {
        var budget = new RequestBudget
        {
            Windows = [new(2, TimeSpan.FromMinutes(1))],
            Covers = static payload => payload.Span.IndexOf("subscribe"u8) >= 0,
            Margin = TimeSpan.Zero,
        };
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv with { AutoReconnect = true, Budgets = [budget], RequestTimeout = s_timeout });
        await using ManagedSubscription subscription = await SubscribeAsync(id, peer, "R_100", "old");
        peer.Cut();
        await PassAsync(() => _venue.Attempts == 2);
        peer = await _venue.NextConnectionAsync();
        long first = IdOf(await peer.NextMessageAsync());
        Task<string> next = peer.NextMessageAsync();
        await PassAsync(() => _manager.Get(id).PendingRequests == 0);
        await peer.SendAsync(Tick(first, "new"));
        await Deadline.UntilAsync(() => subscription.IsLive, "the late answer");
        _time.Advance(TimeSpan.FromMinutes(2));
        Task<JsonReply> asking = Ask("""{"ping":1}""", id);
        string ping = await next;
        Assert.Contains("\"ping\":1", ping, StringComparison.Ordinal);
        await peer.SendAsync($$$"""{"ping":"pong","req_id":{{{IdOf(ping)}}}}""");
        await Deadline.Within(asking);
        Assert.True(subscription.IsLive);
        Assert.Empty(_events.OfType<ConnectionError>());
        _ = AnswerAsync(peer);
    }

    /// <summary>Its own turn is given up, not that of the one before it: what is subscribed to meanwhile waits for that (found by review).</summary>
    [Fact]
    public async Task A_second_forget_all_that_is_given_up_leaves_the_first_alone()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Deriv);
        ManagedSubscription one = await SubscribeAsync(id, peer, "R_100", "s1");
        Task<JsonReply> first = _manager.ForgetAllAsync("ticks", id);
        string forget = await peer.NextMessageAsync();
        using var patience = new CancellationTokenSource();
        Task<JsonReply> second = _manager.ForgetAllAsync("ticks", id, patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(second));
        Task<ManagedSubscription> again = _manager.SubscribeAsync("""{"ticks":"R_100"}""", id);
        Task<ManagedSubscription> other = _manager.SubscribeAsync("""{"ticks":"R_50"}""", id);
        await PingAsync(id, peer);

        await peer.SendAsync($$$"""{"forget_all":["s1"],"req_id":{{{IdOf(forget)}}}}""");
        await Deadline.Within(first);
        foreach (string name in (string[])["s2", "s3"])
        {
            string subscribe = await peer.NextMessageAsync();
            Assert.Contains("\"subscribe\":1", subscribe, StringComparison.Ordinal);
            await peer.SendAsync(Tick(IdOf(subscribe), name));
        }

        await using ManagedSubscription standing = await Deadline.Within(again);
        await using ManagedSubscription beside = await Deadline.Within(other);
        Assert.True(standing.IsLive && beside.IsLive);
        await one.DisposeAsync();
        _ = AnswerAsync(peer);
    }

    private static string Tick(long request, string name) =>
        $$$"""{"echo_req":{"ticks":"R_100"},"msg_type":"tick","req_id":{{{request}}},"subscription":{"id":"{{{name}}}"},"tick":{"quote":1}}""";

    private static string NameOf(string forget) => forget.Split("\"forget\":\"")[1].Split('"')[0];

    private static async Task<int> CountAsync(ManagedSubscription subscription)
    {
        int count = 0;
        await foreach (SubscriptionItem item in subscription)
        {
            Assert.False(item.IsGap);
            count++;
        }

        return count;
    }

    /// <summary>The venue is asked to forget something, and does.</summary>
    private static async Task<string> ForgetAsync(ScriptedVenue.Connection peer)
    {
        string forget = await peer.NextMessageAsync();
        await peer.SendAsync($$$"""{"forget":1,"req_id":{{{IdOf(forget)}}}}""");
        return forget;
    }

    private static async Task AnswerAsync(ScriptedVenue.Connection peer)
    {
        while (!peer.Serving.IsCompleted)
        {
            await ForgetAsync(peer);
        }
    }

    /// <summary>A question and its answer: the venue has been asked for nothing else before it.</summary>
    private async Task PingAsync(ConnectionId id, ScriptedVenue.Connection peer)
    {
        Task<JsonReply> ping = Ask("""{"ping":1}""", id);
        string message = await peer.NextMessageAsync();
        Assert.Contains("\"ping\":1", message, StringComparison.Ordinal);
        await peer.SendAsync($$$"""{"ping":"pong","req_id":{{{IdOf(message)}}}}""");
        await Deadline.Within(ping);
    }

    private async Task<ManagedSubscription> SubscribeAsync(ConnectionId id, ScriptedVenue.Connection peer, string symbol, string name)
    {
        Task<ManagedSubscription> subscribing = _manager.SubscribeAsync($$$"""{"ticks":"{{{symbol}}}"}""", id);
        await peer.SendAsync(Tick(IdOf(await peer.NextMessageAsync()), name));
        return await Deadline.Within(subscribing);
    }

    private Task PassAsync(Func<bool> condition) => Deadline.UntilAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        "something, as time passes");
}
