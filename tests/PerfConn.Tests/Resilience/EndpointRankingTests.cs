using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Resilience;
using Xunit;

namespace PerfConn.Tests.Resilience;

/// <summary>Times are in seconds here; the stable period is 60.</summary>
public sealed class EndpointRankingTests
{
    [Fact]
    public void The_primary_is_left_at_its_first_failure_and_gone_back_to_after_the_stable_period()
    {
        EndpointRanking ranking = Ranking(3);
        Assert.Equal([0, 1, 2], Rank(ranking, 0));
        ranking.OnTrouble(0, 10);
        Assert.Equal([1, 2, 0], Rank(ranking, 10));
        ranking.OnTrouble(1, 20);
        Assert.Equal([2, 0, 1], Rank(ranking, 20));
        ranking.OnTrouble(2, 30);
        Assert.Equal([0, 1, 2], Rank(ranking, 30));
        ranking.OnTrouble(0, 31);
        Assert.Equal([1, 2, 0], Rank(ranking, 31));
        Assert.Equal([1, 2, 0], Rank(ranking, 90));
        Assert.Equal([0, 1, 2], Rank(ranking, 91));
    }

    /// <summary>RELIABILITY B75: a primary that works and fails every two seconds for an hour. Asked once a second by a line that was lost, it is gone back to at most once a window.</summary>
    [Fact]
    public void A_flapping_primary_is_gone_back_to_at_most_once_a_window()
    {
        EndpointRanking ranking = Ranking(2);
        var backs = new List<long>();
        int current = 0;
        for (long now = 0; now < 3600; now++)
        {
            bool isUp = now % 4 < 2;
            int choice = Rank(ranking, now)[0];
            if (choice == 0 && current == 1)
            {
                backs.Add(now);
            }

            if (choice == 0 && !isUp)
            {
                ranking.OnTrouble(0, now);
                choice = Rank(ranking, now)[0];
                Assert.Equal(1, choice);
            }

            current = choice;
        }

        Assert.InRange(backs.Count, 2, 3600 / 60);
        Assert.All(backs.Zip(backs.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 60, $"back at {pair.First} and at {pair.Second}"));

        // It fails soon after each return, so the window has grown 16-fold.
        Assert.InRange(backs[^1] - backs[^2], 16 * 60, 17 * 60);
    }

    [Fact]
    public void One_that_held_for_long_is_no_flapper()
    {
        EndpointRanking ranking = Ranking(2);
        ranking.OnTrouble(0, 0);
        ranking.OnTrouble(0, 65);
        Assert.Equal([1, 0], Rank(ranking, 65 + 119));
        Assert.Equal([0, 1], Rank(ranking, 65 + 120));
        ranking.OnTrouble(0, 10_000);
        Assert.Equal([0, 1], Rank(ranking, 10_060));
    }

    [Fact]
    public void Failures_while_in_doubt_do_not_double_the_window()
    {
        EndpointRanking ranking = Ranking(1);
        for (long now = 0; now < 50; now++)
        {
            ranking.OnTrouble(0, now);
        }

        Assert.True(ranking.IsInDoubt(0, 49 + 59));
        Assert.False(ranking.IsInDoubt(0, 49 + 60));
    }

    [Fact]
    public void One_that_cools_is_no_choice_at_all()
    {
        EndpointRanking ranking = Ranking(2);
        ranking.Cool(0, 5, 100);
        ranking.Cool(0, 6, 10);
        Assert.Equal([1], Rank(ranking, 104));
        Assert.Equal(1, ranking.CoolingFor(0, 104));
        Assert.Equal([0, 1], Rank(ranking, 105));
    }

    [Fact]
    public void Weights_are_kept_to_and_so_is_every_endpoint()
    {
        var ranking = new EndpointRanking(3, EndpointOrder.Weighted, 60, [1, 2, 7], new Random(3));
        int[] first = new int[3];
        for (int i = 0; i < 10_000; i++)
        {
            int[] ranked = Rank(ranking, 0);
            Assert.Equal([0, 1, 2], ranked.Order());
            first[ranked[0]]++;
        }

        Assert.InRange(first[0], 900, 1100);
        Assert.InRange(first[1], 1850, 2150);
        Assert.InRange(first[2], 6850, 7150);

        ranking.OnTrouble(2, 0);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(2, Rank(ranking, 0)[2]));
    }

    [Fact]
    public void The_fastest_comes_first_and_a_little_faster_is_not_enough_to_change()
    {
        var ranking = new EndpointRanking(3, EndpointOrder.Latency, 60, null, new Random(3));
        Assert.Equal([0, 1, 2], Rank(ranking, 0));
        ranking.OnConnected(0, 100);
        Assert.Equal([1, 2, 0], Rank(ranking, 0));
        ranking.OnConnected(1, 110);
        ranking.OnConnected(2, 90);
        Assert.Equal([2, 0, 1], Rank(ranking, 0));

        // 0.3 * 50 + 0.7 * 100 = 85, less than a fifth below 90; then 74.5, 67.
        ranking.OnConnected(0, 50);
        Assert.Equal(85, ranking.LatencyOf(0), 6);
        Assert.Equal(2, Rank(ranking, 0)[0]);
        ranking.OnConnected(0, 50);
        Assert.Equal(2, Rank(ranking, 0)[0]);
        ranking.OnConnected(0, 50);
        Assert.Equal([0, 2, 1], Rank(ranking, 0));
    }

    private static EndpointRanking Ranking(int count) => new(count, EndpointOrder.Listed, 60, null, new Random(1));

    private static int[] Rank(EndpointRanking ranking, long now)
    {
        int[] ranked = new int[ranking.Count];
        return ranked[..ranking.Rank(now, ranked)];
    }
}
