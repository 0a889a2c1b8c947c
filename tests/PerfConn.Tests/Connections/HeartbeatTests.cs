using System;
using PerfConn.Connections;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Connections;

public class HeartbeatTests
{
    private static readonly HeartbeatOptions s_options = new() { Interval = TimeSpan.FromSeconds(20), Timeout = TimeSpan.FromSeconds(10) };
    private readonly Heartbeat _heartbeat = new(s_options);

    [Fact]
    public void Silence_brings_a_ping_and_more_silence_the_end()
    {
        Look(20, received: 0, HeartbeatVerdict.Ping, due: 30);
        Look(30, received: 0, HeartbeatVerdict.GiveUp, due: 30);
    }

    [Theory]
    [InlineData(HeartbeatStyle.AnswerPings)]
    [InlineData(HeartbeatStyle.ExpectHeartbeat)]
    public void Where_the_venue_has_to_speak_nobody_pings_and_its_silence_is_the_end(HeartbeatStyle style)
    {
        var heartbeat = new Heartbeat(s_options with { Style = style });
        Assert.Equal(TimeSpan.FromSeconds(30), heartbeat.Due);
        Assert.Equal(HeartbeatVerdict.Wait, heartbeat.Look(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(12), isBusy: false));
        Assert.Equal(TimeSpan.FromSeconds(42), heartbeat.Due);
        Assert.Equal(HeartbeatVerdict.GiveUp, heartbeat.Look(TimeSpan.FromSeconds(42), TimeSpan.FromSeconds(12), isBusy: false));
    }

    [Theory]
    [InlineData(HeartbeatStyle.AnswerPings)]
    [InlineData(HeartbeatStyle.ExpectHeartbeat)]
    public void A_process_that_was_suspended_does_not_blame_a_silent_venue(HeartbeatStyle style)
    {
        var heartbeat = new Heartbeat(s_options with { Style = style });
        Assert.Equal(HeartbeatVerdict.Wait, heartbeat.Look(TimeSpan.FromSeconds(90), TimeSpan.Zero, isBusy: false));
        Assert.Equal(TimeSpan.FromSeconds(120), heartbeat.Due);
        Assert.Equal(HeartbeatVerdict.GiveUp, heartbeat.Look(TimeSpan.FromSeconds(120), TimeSpan.Zero, isBusy: false));
    }

    [Fact]
    public void A_look_that_comes_late_gives_what_stands_unread_a_moment()
    {
        Look(20, received: 0, HeartbeatVerdict.Ping, due: 30);
        Look(31, received: 0, HeartbeatVerdict.Wait, due: 32);
        Look(32, received: 31.1, HeartbeatVerdict.Wait, due: 51.1);

        var dead = new Heartbeat(s_options);
        Assert.Equal(HeartbeatVerdict.Ping, dead.Look(TimeSpan.FromSeconds(20), TimeSpan.Zero, isBusy: false));
        Assert.Equal(HeartbeatVerdict.Wait, dead.Look(TimeSpan.FromSeconds(30.06), TimeSpan.Zero, isBusy: false));
        Assert.Equal(TimeSpan.FromSeconds(30.3), dead.Due);
        Assert.Equal(HeartbeatVerdict.GiveUp, dead.Look(TimeSpan.FromSeconds(30.9), TimeSpan.Zero, isBusy: false));

        Assert.Equal(HeartbeatVerdict.GiveUp, dead.Look(TimeSpan.FromSeconds(31.5), TimeSpan.Zero, isBusy: false));

        // A little late: within 250 ms all the same.
        var other = new Heartbeat(s_options);
        Assert.Equal(HeartbeatVerdict.Ping, other.Look(TimeSpan.FromSeconds(20), TimeSpan.Zero, isBusy: false));
        Assert.Equal(HeartbeatVerdict.Wait, other.Look(TimeSpan.FromSeconds(30.05), TimeSpan.Zero, isBusy: false));
        Assert.Equal(TimeSpan.FromSeconds(30.25), other.Due);
        Assert.Equal(HeartbeatVerdict.GiveUp, other.Look(TimeSpan.FromSeconds(30.25), TimeSpan.Zero, isBusy: false));
    }

    [Fact]
    public void Whatever_arrives_is_proof_of_life()
    {
        Look(20, received: 5, HeartbeatVerdict.Wait, due: 25);
        Look(25, received: 5, HeartbeatVerdict.Ping, due: 35);
        Look(35, received: 26, HeartbeatVerdict.Wait, due: 46);
        Look(46, received: 26, HeartbeatVerdict.Ping, due: 56);
        Look(56, received: 26, HeartbeatVerdict.GiveUp, due: 56);
    }

    [Fact]
    public void What_arrived_before_the_ping_does_not_answer_it()
    {
        Look(20, received: 0, HeartbeatVerdict.Ping, due: 30);
        Look(30, received: 20, HeartbeatVerdict.GiveUp, due: 30);
    }

    [Fact]
    public void A_handler_that_holds_the_line_does_not_cost_it()
    {
        Look(20, received: 0, HeartbeatVerdict.Wait, due: 40, isBusy: true);
        Look(40, received: 0, HeartbeatVerdict.Ping, due: 50);
        Look(50, received: 0, HeartbeatVerdict.Wait, due: 60, isBusy: true);
        Look(60, received: 0, HeartbeatVerdict.GiveUp, due: 60);
    }

    [Fact]
    public void An_answer_that_was_read_before_a_late_look_is_one()
    {
        // The process stood still from 21 to 90 s; the receive loop woke first and read the pong.
        Look(20, received: 0, HeartbeatVerdict.Ping, due: 30);
        Look(90, received: 90, HeartbeatVerdict.Wait, due: 110);
        Look(110, received: 90, HeartbeatVerdict.Ping, due: 120);
    }

    [Fact]
    public void A_look_that_comes_late_blames_nobody()
    {
        Look(20, received: 0, HeartbeatVerdict.Ping, due: 30);
        Look(90, received: 0, HeartbeatVerdict.Wait, due: 100);
        Look(100, received: 0, HeartbeatVerdict.GiveUp, due: 100);
    }

    [Fact]
    public void A_line_that_slept_before_it_pinged_waits_for_a_whole_interval()
    {
        Look(80, received: 0, HeartbeatVerdict.Wait, due: 100);
        Look(100, received: 0, HeartbeatVerdict.Ping, due: 110);
    }

    [Fact]
    public void No_history_ends_a_line_whose_peer_answers_within_the_timeout()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var random = new SplitMix(seed);
            var heartbeat = new Heartbeat(s_options);
            double received = 0;
            for (int look = 0; look < 200; look++)
            {
                double now = heartbeat.Due.TotalSeconds + (random.OneIn(10) ? random.Below(100) : random.Below(20) / 10.0);
                bool isBusy = random.OneIn(5);

                // A live peer: its answer to whatever was asked at the last look, or a tick, has come since, unless this side could not read.
                received = isBusy ? received : Math.Max(received, now - (random.Below(90) / 10.0));
                HeartbeatVerdict verdict = heartbeat.Look(TimeSpan.FromSeconds(now), TimeSpan.FromSeconds(received), isBusy);
                Assert.True(verdict != HeartbeatVerdict.GiveUp, $"seed {seed}, look {look}");
                Assert.True(heartbeat.Due > TimeSpan.FromSeconds(now), $"seed {seed}, look {look}: the next look is not ahead");
            }
        }
    }

    private void Look(double now, double received, HeartbeatVerdict verdict, double due, bool isBusy = false)
    {
        Assert.Equal(verdict, _heartbeat.Look(TimeSpan.FromSeconds(now), TimeSpan.FromSeconds(received), isBusy));
        Assert.Equal(TimeSpan.FromSeconds(due), _heartbeat.Due);
    }
}
