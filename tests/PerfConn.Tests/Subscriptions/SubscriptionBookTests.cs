using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Protocol;
using PerfConn.Subscriptions;
using PerfConn.Symbols;
using Xunit;

namespace PerfConn.Tests.Subscriptions;

public sealed class SubscriptionBookTests
{
    private readonly RouteTable _routes = new();
    private readonly SubscriptionBook _book;

    public SubscriptionBookTests() => _book = new SubscriptionBook(new Uri("ws://venue.test/"), _routes, maxStreams: 1000);

    [Fact]
    public void Streams_are_asked_for_in_batches_of_the_venues_size()
    {
        SubscriptionTicket ticket = _book.Add(Streams(0, 25), null);
        var sizes = new List<int>();
        while (_book.TakeBatch(10) is { } batch)
        {
            sizes.Add(batch.Names.Length);
            Assert.False(ticket.Confirmed.IsCompleted);
            _book.OnReply(batch, Reply.Accepted("null"u8));
        }

        Assert.Equal([10, 10, 5], sizes);
        Assert.True(ticket.Confirmed.IsCompletedSuccessfully);
        Assert.Equal((25, 25), _book.Count());
    }

    /// <summary>A stream that is left and joined again to repair it: as long as the venue has not said that it is left, nobody can tell old ticks from new ones (found by simulation).</summary>
    /// <summary>Its pump may still run: what it took would stand as asked for, on a side that the next relief has, and nobody would ask (found by review).</summary>
    [Fact]
    public void A_relief_that_was_let_go_of_is_given_nothing_more_to_ask_for()
    {
        _book.Add(Streams(0, 3), null);
        Assert.True(_book.OnReply(_book.Present, _book.TakeBatch(10)!, Reply.Accepted("null"u8)));
        Standing given = _book.OpenRelief();
        _book.Ask(given);
        _book.Abandon(given);
        Assert.Null(_book.TakeBatch(given, 10));

        Standing next = _book.OpenRelief();
        _book.Ask(next);
        Assert.Equal(3, _book.TakeBatch(next, 10)!.Entries.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_repair_is_certain_only_when_the_venue_has_said_that_the_stream_is_left(bool isAnswered)
    {
        SubscriptionTicket ticket = _book.Add(Streams(0, 1), null, DataExpectation.Within(TimeSpan.FromSeconds(10)));
        Assert.True(_book.OnReply(_book.Present, _book.TakeBatch(10)!, Reply.Accepted("null"u8)));
        var due = new List<(StreamName, StaleStep, TimeSpan?)>();
        _book.Look(TimeSpan.Zero, isExcused: false, static _ => null, due);
        _book.Look(TimeSpan.FromSeconds(10), isExcused: false, static _ => null, due);
        Assert.Equal(StaleStep.Resubscribe, Assert.Single(due).Item2);
        SubscriptionBatch leave = _book.TakeBatch(10)!;
        Assert.False(leave.IsSubscribe);
        Assert.Equal(isAnswered, _book.OnReply(_book.Present, leave, isAnswered ? Reply.Accepted("null"u8) : Reply.TimedOut(TimeSpan.FromSeconds(3))));
        Assert.True(ticket.Confirmed.IsCompletedSuccessfully);
    }

    [Fact]
    public void An_unsubscribe_while_the_subscribe_is_under_way_wins()
    {
        SubscriptionTicket ticket = _book.Add(Streams(0, 1), null);
        SubscriptionBatch subscribe = _book.TakeBatch(10)!;
        _book.Remove(ticket);
        Assert.Null(_book.TakeBatch(10));
        _book.OnReply(subscribe, Reply.Accepted("null"u8));
        SubscriptionBatch unsubscribe = _book.TakeBatch(10)!;
        Assert.False(unsubscribe.IsSubscribe);
        _book.OnReply(unsubscribe, Reply.Accepted("null"u8));
        Assert.Null(_book.TakeBatch(10));
        Assert.Equal((0, 0), _book.Count());
    }

    [Fact]
    public void A_subscribe_while_the_unsubscribe_is_under_way_wins()
    {
        SubscriptionTicket first = _book.Add(Streams(0, 1), null);
        _book.OnReply(_book.TakeBatch(10)!, Reply.Accepted("null"u8));
        _book.Remove(first);
        SubscriptionBatch unsubscribe = _book.TakeBatch(10)!;
        SubscriptionTicket second = _book.Add(Streams(0, 1), null);
        _book.OnReply(unsubscribe, Reply.Accepted("null"u8));
        SubscriptionBatch again = _book.TakeBatch(10)!;
        Assert.True(again.IsSubscribe);
        _book.OnReply(again, Reply.Accepted("null"u8));
        Assert.True(second.Confirmed.IsCompletedSuccessfully);
        Assert.Equal((1, 1), _book.Count());
    }

    [Fact]
    public void A_new_session_asks_for_exactly_what_is_wanted()
    {
        SubscriptionTicket keep = _book.Add(Streams(0, 3), null);
        SubscriptionTicket leave = _book.Add(Streams(3, 2), null);
        _book.OnReply(_book.TakeBatch(10)!, Reply.Accepted("null"u8));
        SubscriptionTicket underWay = _book.Add(Streams(5, 1), null);
        SubscriptionBatch lost = _book.TakeBatch(10)!;
        _book.Remove(leave);

        _book.OnReply(lost, Reply.Lost);
        var wanted = new List<string>();
        _book.BeginSession(stream => wanted.Add(stream.Name));

        SubscriptionBatch all = _book.TakeBatch(10)!;
        Assert.Equal(["s0@trade", "s1@trade", "s2@trade", "s5@trade"], all.Names.Order(StringComparer.Ordinal));
        Assert.Equal(wanted.Order(StringComparer.Ordinal), all.Names.Order(StringComparer.Ordinal));
        Assert.False(underWay.Confirmed.IsCompleted);
        _book.OnReply(all, Reply.Accepted("null"u8));
        Assert.True(underWay.Confirmed.IsCompletedSuccessfully);
        Assert.True(keep.Confirmed.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_late_reply_of_a_lost_session_does_not_confirm_the_new_one()
    {
        SubscriptionTicket ticket = _book.Add(Streams(0, 1), null);
        SubscriptionBatch first = _book.TakeBatch(10)!;
        _book.OnReply(first, Reply.Lost);
        _book.BeginSession(null);
        Assert.False(ticket.Confirmed.IsCompleted);
        Assert.NotNull(_book.TakeBatch(10));
    }

    [Fact]
    public void A_refusal_fails_its_holders_and_frees_the_places()
    {
        SubscriptionTicket ticket = _book.Add(Streams(0, 1), null);
        _book.OnReply(_book.TakeBatch(10)!, Reply.Refused(2, "Invalid request"));
        SubscriptionException refused = Assert.IsType<SubscriptionException>(ticket.Confirmed.Exception!.InnerException);
        Assert.Equal(2, refused.VenueCode);
        Assert.Equal((0, 0), _book.Count());
        Assert.Null(_book.TakeBatch(10));
    }

    [Fact]
    public void A_stream_that_the_venue_refuses_to_leave_keeps_nobody_of_its_batch()
    {
        SubscriptionTicket ticket = _book.Add(Streams(0, 10), null);
        SubscriptionBatch subscribe = _book.TakeBatch(10)!;
        _book.OnReply(subscribe, Reply.Accepted("null"u8));
        _book.Remove(ticket);
        var left = new List<string>();
        while (_book.TakeBatch(10) is { } batch)
        {
            Assert.False(batch.IsSubscribe);
            bool isRefused = batch.Names.Contains("s3@trade");
            left.AddRange(isRefused ? [] : batch.Names);
            _book.OnReply(batch, isRefused ? Reply.Refused(2, "Invalid request") : Reply.Accepted("null"u8));
        }

        Assert.Equal(Enumerable.Range(0, 10).Where(i => i != 3).Select(i => $"s{i}@trade"), left.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_stream_that_the_venue_refuses_takes_nobody_of_its_batch_along()
    {
        List<SubscriptionTicket> tickets = [.. Enumerable.Range(0, 100).Select(i => _book.Add(Streams(i, 1), null))];
        int requests = 0;
        while (_book.TakeBatch(50) is { } batch)
        {
            requests++;
            Reply reply = batch.Names.Contains("s37@trade") ? Reply.Refused(2, "Invalid request") : Reply.Accepted("null"u8);
            _book.OnReply(batch, in reply);
        }

        Assert.All(tickets, (ticket, i) => Assert.Equal(i != 37, ticket.Confirmed.IsCompletedSuccessfully));
        Assert.True(tickets[37].Confirmed.IsFaulted);
        Assert.Equal((99, 99), _book.Count());
        Assert.InRange(requests, 3, 16);

        // On the next session nothing is remembered of it.
        _book.BeginSession(null);
        Assert.Equal(50, _book.TakeBatch(50)!.Entries.Length);
    }

    [Fact]
    public void More_than_the_line_carries_is_refused_whole()
    {
        _book.Add(Streams(0, 990), null);
        Assert.Throws<SubscriptionException>(() => _book.Add(Streams(990, 11), null));
        Assert.Equal(990, _book.Count().Wanted);
        _book.Add(Streams(980, 20), null);
        Assert.Equal(1000, _book.Count().Wanted);
    }

    [Fact]
    public void A_closed_book_fails_who_waits_and_refuses_who_comes()
    {
        SubscriptionTicket waiting = _book.Add(Streams(0, 1), null);
        _book.Close(new LineClosedException("gone"));
        Assert.IsType<LineClosedException>(waiting.Confirmed.Exception!.InnerException);
        Assert.Throws<LineClosedException>(() => _book.Add(Streams(1, 1), null));
    }

    private static List<StreamName> Streams(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(i => new StreamName($"s{i}@trade", new SymbolId(i), new TickChannel(1)))];
}
