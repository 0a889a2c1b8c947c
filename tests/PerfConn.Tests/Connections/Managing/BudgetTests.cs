using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Connections.Managing;
using PerfConn.Diagnostics;
using PerfConn.Venues.Deriv;
using Xunit;

namespace PerfConn.Tests.Connections.Managing;

/// <summary>Requests that the venue's budget has no place for wait on this side.</summary>
public sealed class BudgetTests : ManagerTestBase
{
    private static readonly RequestBudget s_twoASecond = new()
    {
        Windows = [new(2, TimeSpan.FromSeconds(1)), new(3, TimeSpan.FromMinutes(1))],
        Covers = static payload => payload.Span.IndexOf("ping"u8) < 0,
        Margin = TimeSpan.Zero,
    };

    private ConnectionOptions Paced => Options with { Protocol = DerivProtocol.Instance, Budgets = [s_twoASecond], RequestTimeout = TimeSpan.FromMinutes(5) };

    [Fact]
    public async Task They_go_out_in_order_when_every_window_has_a_place()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Paced);
        Task<JsonReply>[] asking = [.. Enumerable.Range(1, 4).Select(i => Ask($$"""{"buy":{{i}}}""", id))];
        Assert.Contains("\"buy\":1", await peer.NextMessageAsync(), StringComparison.Ordinal);
        Assert.Contains("\"buy\":2", await peer.NextMessageAsync(), StringComparison.Ordinal);

        // What the budget does not cover passes; the third waits for the second, the fourth for the minute.
        await PingAsync(id, peer);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await PingAsync(id, peer);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("\"buy\":3", await peer.NextMessageAsync(), StringComparison.Ordinal);
        int timers = _time.Waiting;
        await Deadline.UntilAsync(() => _time.Waiting >= timers, "the fourth to wait");
        _time.Advance(TimeSpan.FromSeconds(58));
        await PingAsync(id, peer);
        Task<string> fourth = peer.NextMessageAsync();
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(500));
                return fourth.IsCompleted;
            },
            "the fourth");
        Assert.Contains("\"buy\":4", await fourth, StringComparison.Ordinal);
        await _manager.DisconnectAllAsync();
        await ((Task)Task.WhenAll(asking)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.All(asking, static each => Assert.IsType<LineClosedException>(each.Exception!.InnerException));
    }

    [Fact]
    public async Task One_that_waits_for_all_its_time_says_that_it_was_not_sent_and_takes_no_place()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Paced);
        Task<JsonReply>[] first = [Ask("""{"buy":1}""", id), Ask("""{"buy":2}""", id)];
        await peer.NextMessageAsync();
        await peer.NextMessageAsync();
        Task<JsonReply> third = _manager.RequestAsync("""{"buy":3}""", id, TimeSpan.FromMilliseconds(500)).AsTask();
        Task<JsonReply> fourth = Ask("""{"buy":4}""", id);
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                return third.IsCompleted;
            },
            "the third's end");
        RequestTimeoutException e = await Assert.ThrowsAsync<RequestTimeoutException>(() => third);
        Assert.False(e.WasSent);
        Assert.Equal(TimeSpan.FromMilliseconds(500), e.Timeout);
        Assert.Contains("was not sent", e.Message, StringComparison.Ordinal);
        Task<string> next = peer.NextMessageAsync();
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                return next.IsCompleted;
            },
            "the fourth in its place");
        Assert.Contains("\"buy\":4", await next, StringComparison.Ordinal);
        await _manager.DisconnectAllAsync();
        await ((Task)Task.WhenAll([.. first, fourth])).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task One_that_waits_when_its_connection_is_closed_ends_with_that_and_its_caller_may_give_up()
    {
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Paced);
        Task<JsonReply>[] first = [Ask("""{"buy":1}""", id), Ask("""{"buy":2}""", id)];
        using var patience = new CancellationTokenSource();
        Task<JsonReply> third = _manager.RequestAsync("""{"buy":3}""", id, null, patience.Token).AsTask();
        Task<JsonReply> fourth = Ask("""{"buy":4}""", id);
        await peer.NextMessageAsync();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(third));
        await Deadline.Within(_manager.DisconnectAsync(id));
        await Assert.ThrowsAsync<LineClosedException>(() => Deadline.Within(fourth));
        await ((Task)Task.WhenAll(first)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>More than the budget allows, each with a second for its answer: all of them stand again in the end, none has run into its deadline while it waited.</summary>
    [Fact]
    public async Task What_is_subscribed_again_after_a_drop_waits_for_its_place_and_does_not_fail()
    {
        var budget = new RequestBudget { Windows = [new(2, TimeSpan.FromSeconds(5))], Margin = TimeSpan.Zero };
        (ConnectionId id, ScriptedVenue.Connection peer) = await CreateAsync(Paced with { Budgets = [budget], RequestTimeout = TimeSpan.FromSeconds(1), AutoReconnect = true });
        Task<ManagedSubscription>[] subscribing = [.. Enumerable.Range(0, 6).Select(i => _manager.SubscribeAsync($$$"""{"ticks":"R_{{{i}}}"}""", id))];
        var standing = new List<ManagedSubscription>();
        await AnswerAsync(peer, 6);
        foreach (Task<ManagedSubscription> each in subscribing)
        {
            standing.Add(await Deadline.Within(each));
        }

        peer.Cut();
        await PassAsync(() => _venue.Attempts == 2);
        peer = await _venue.NextConnectionAsync();
        await AnswerAsync(peer, 6);
        await Deadline.UntilAsync(() => standing.TrueForAll(static each => each.IsLive), "all of them");
        Assert.DoesNotContain(_events, static what => what is PerfConn.Connections.Events.ConnectionError);
    }

    [Fact]
    public void Derivs_calls_share_the_budget_of_their_row()
    {
        int RowOf(string json) => DerivBudgets.Documented.ToList().FindIndex(row => row.Covers?.Invoke(Encoding.UTF8.GetBytes(json)) ?? true);
        Assert.Equal(0, RowOf("""{"ping":1}"""));
        Assert.Equal([1, 1, 1, 1], new[] { """{"buy":"x","price":10}""", """{"price":10,"buy":"x"}""", """{"proposal_open_contract":1,"subscribe":1}""", """{"sell":1}""" }.Select(RowOf));
        Assert.Equal([2, 2, 3, 3], new[] { """{"balance":1}""", """{"statement":1}""", """{"portfolio":1}""", """{"profit_table":1}""" }.Select(RowOf));
        Assert.Equal([4, 4], new[] { """{"ticks":"R_100"}""", """{"forget":"buy"}""" }.Select(RowOf));
        new ConnectionOptions { Endpoint = Options.Endpoint, Budgets = DerivBudgets.Documented }.Validate();
        Assert.Equal([10, 360, 100, 30, 220], DerivBudgets.Documented.Select(static row => row.Windows[0].Requests));
    }

    [Fact]
    public void What_is_wrong_with_a_budget_is_named()
    {
        InvalidOptionsException e = Assert.Throws<InvalidOptionsException>(
            () => (Options with { Budgets = [new() { Windows = [] }, new() { Windows = [new(0, TimeSpan.Zero)], Margin = TimeSpan.FromSeconds(-1) }] }).Validate());
        Assert.Equal(
            ["Budgets[0].Windows", "Budgets[1].Margin", "Budgets[1].Windows[0].Requests", "Budgets[1].Windows[0].Length"],
            e.Errors.Select(static error => error[..error.IndexOf(' ', StringComparison.Ordinal)]));
    }

    private async Task PingAsync(ConnectionId id, ScriptedVenue.Connection peer)
    {
        Task<JsonReply> ping = Ask("""{"ping":1}""", id);
        string message = await peer.NextMessageAsync();
        Assert.Contains("\"ping\":1", message, StringComparison.Ordinal);
        await peer.SendAsync($$$"""{"ping":"pong","req_id":{{{IdOf(message)}}}}""");
        await Deadline.Within(ping);
    }

    /// <summary>The venue confirms so many subscriptions, two at a time, as they come.</summary>
    private async Task AnswerAsync(ScriptedVenue.Connection peer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Task<string> next = peer.NextMessageAsync();
            await PassAsync(() => next.IsCompleted);
            long request = IdOf(await next);
            await peer.SendAsync($$$"""{"req_id":{{{request}}},"subscription":{"id":"s{{{request}}}"},"tick":{"quote":1}}""");
        }
    }

    private Task PassAsync(Func<bool> condition) => Deadline.UntilAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return condition();
        },
        "something, as time passes");
}
