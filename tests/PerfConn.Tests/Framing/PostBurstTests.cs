using System;
using System.Linq;
using PerfConn.Framing;
using Xunit;

namespace PerfConn.Tests.Framing;

public sealed class PostBurstTests
{
    private readonly ManualTimeProvider _time = new();
    private PostBurst _burst;

    [Fact]
    public void The_first_posts_in_a_row_are_single_ones_and_the_rest_is_a_burst_until_a_pause()
    {
        Assert.Equal(Enumerable.Repeat(false, PostBurst.Length).Append(true).Append(true), Posts(PostBurst.Length + 2, 10));
        _time.Advance(TimeSpan.FromMicroseconds(51));
        Assert.Equal(Enumerable.Repeat(false, PostBurst.Length).Append(true), Posts(PostBurst.Length + 1, 50));
    }

    [Fact]
    public void Posts_with_pauses_between_are_never_a_burst() => Assert.DoesNotContain(true, Posts(1000, 51));

    private bool[] Posts(int count, int microsecondsApart)
    {
        var told = new bool[count];
        for (int i = 0; i < count; i++)
        {
            told[i] = _burst.Add(_time);
            _time.Advance(TimeSpan.FromMicroseconds(i < count - 1 ? microsecondsApart : 0));
        }

        return told;
    }
}
