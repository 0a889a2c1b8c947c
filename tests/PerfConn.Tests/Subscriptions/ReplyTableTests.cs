using System;
using System.Collections.Generic;
using PerfConn.Subscriptions;
using Xunit;

namespace PerfConn.Tests.Subscriptions;

public sealed class ReplyTableTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<Reply> _replies = [];

    [Fact]
    public void Every_request_gets_exactly_one_reply()
    {
        var table = new ReplyTable(_time, new RequestIds());
        long id = table.Register(TimeSpan.FromSeconds(10), _replies.Add);
        Assert.True(table.Complete(id, Reply.Accepted("1"u8)));
        Assert.False(table.Complete(id, Reply.Accepted("2"u8)));
        table.LoseAll();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Assert.Single(_replies).Error);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void What_is_not_answered_in_time_is_told_so()
    {
        var table = new ReplyTable(_time, new RequestIds());
        table.Register(TimeSpan.FromSeconds(10), _replies.Add);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Empty(_replies);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("the venue did not answer within 10 s", Assert.Single(_replies).Error);
    }

    [Fact]
    public void A_wall_clock_step_expires_nothing()
    {
        var table = new ReplyTable(_time, new RequestIds());
        table.Register(TimeSpan.FromSeconds(10), _replies.Add);
        _time.StepWallClock(TimeSpan.FromHours(5));
        Assert.Empty(_replies);
    }

    [Fact]
    public void Ids_are_never_used_twice()
    {
        var ids = new RequestIds();
        var table = new ReplyTable(_time, ids);
        long first = table.Register(TimeSpan.FromSeconds(10), _replies.Add);
        table.LoseAll();
        var next = new ReplyTable(_time, ids);
        long second = next.Register(TimeSpan.FromSeconds(10), _replies.Add);
        Assert.NotEqual(first, second);
        Assert.False(next.Complete(first, Reply.Accepted("late"u8)));
        Assert.True(Assert.Single(_replies).IsLost);
    }

    [Fact]
    public void What_is_asked_on_a_session_that_is_gone_is_lost_at_once_and_no_timer_stays()
    {
        var table = new ReplyTable(_time, new RequestIds());
        table.Register(TimeSpan.FromSeconds(10), _replies.Add);
        Assert.Equal(1, _time.Waiting);
        table.LoseAll();
        Assert.Equal(0, _time.Waiting);
        table.Register(TimeSpan.FromSeconds(10), _replies.Add);
        Assert.Equal([true, true], _replies.ConvertAll(reply => reply.IsLost));
        Assert.Equal((0, 0), (_time.Waiting, table.Count));
    }
}
