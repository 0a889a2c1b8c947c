using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Resilience;
using Xunit;
using Xunit.Abstractions;

namespace PerfConn.Tests.Connections;

/// <summary>
/// RELIABILITY D22, CONTRACT T14: 10,000 lines lose their server at the same moment. The pure cores under virtual time, no sockets: each line's policy draws its delay, all share
/// one connect rate where there is one. The bar is 1.5 times the uniform share in each 100 ms.
/// </summary>
public sealed class HerdTests(ITestOutputHelper output)
{
    private const int Lines = 10_000;
    private const double Bar = 1.5;

    private static readonly Uri s_url = new("wss://venue.test/ws");
    private static readonly LineEnd s_cut = new(1006, "cut", new NetworkException(s_url, "reset"));
    private static readonly long s_bucket = TimeSpan.FromMilliseconds(100).Ticks;

    /// <summary>The server is back at once: everybody's first delay decides.</summary>
    [Theory]
    [InlineData(1006, 0, 0.25)]
    [InlineData(1012, 5, 30)]
    [InlineData(1013, 30, 60)]
    public void Jitter_alone_spreads_the_crowd_over_the_whole_range(int code, double from, double to)
    {
        LineEnd end = code == 1006 ? s_cut : new LineEnd(code, "", null);
        List<long> connects = [.. Enumerable.Range(0, Lines).Select(line => Policy(line).Decide(end).Delay.Ticks)];
        Assert.All(connects, at => Assert.InRange(at, TimeSpan.FromSeconds(from).Ticks, TimeSpan.FromSeconds(to).Ticks));
        Judge($"close code {code}", connects, TimeSpan.FromSeconds(to - from).Ticks);
    }

    /// <summary>The server stays away for five minutes and refuses: the crowd is at its cap by then, and still spread.</summary>
    [Fact]
    public void A_long_outage_does_not_gather_the_crowd()
    {
        long end = TimeSpan.FromMinutes(5).Ticks;
        var attempts = new List<long>();
        for (int line = 0; line < Lines; line++)
        {
            RetryPolicy policy = Policy(line);
            for (long at = policy.Decide(s_cut).Delay.Ticks; at < end; at += policy.Decide(s_cut).Delay.Ticks)
            {
                attempts.Add(at);
            }
        }

        // The first minute is the way to the cap.
        long minute = TimeSpan.FromMinutes(1).Ticks;
        List<long> atCap = [.. attempts.Where(at => at >= minute).Select(at => at - minute)];
        Judge("refused for 5 minutes, minutes 2 to 5", atCap, end - minute);
    }

    /// <summary>With a shared connect rate nobody comes early, the venue's window is kept to, and the crowd comes evenly and not in bursts.</summary>
    [Fact]
    public void A_shared_rate_lets_the_crowd_back_evenly()
    {
        const int connects = 6000;
        long window = TimeSpan.FromMinutes(1).Ticks;
        var pacing = new ConnectPacing(connects, window);
        long now = 0;
        var times = new List<long>();
        foreach (long asked in Enumerable.Range(0, Lines).Select(line => Policy(line).Decide(s_cut).Delay.Ticks).Order())
        {
            now = Math.Max(now, asked);
            now += pacing.Delay(now, isReconnect: true);
            pacing.Take(now, isReconnect: true);
            Assert.True(now >= asked);
            times.Add(now);
        }

        for (int i = connects; i < Lines; i++)
        {
            Assert.True(times[i] - times[i - connects] >= window);
        }

        Judge($"a rate of {connects} a minute", times, window * Lines / connects);
    }

    private static RetryPolicy Policy(int seed) => new(new ReconnectOptions(), s_url, canRefresh: false, new Random(seed), new ManualTimeProvider());

    private void Judge(string what, List<long> connects, long span)
    {
        double share = connects.Count * (double)s_bucket / span;
        int peak = connects.GroupBy(at => at / s_bucket).Max(bucket => bucket.Count());
        output.WriteLine($"{Lines:N0} lines, {what}: peak {peak} connects in 100 ms, uniform share {share:0.0}, ratio {peak / share:0.00} (bar {Bar})");
        Assert.True(peak <= Bar * share, $"peak {peak} in 100 ms, {peak / share:0.00} times the uniform share of {share:0.0}");
    }
}
