using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>perfconn demo, end to end, with the simulator in its own process.</summary>
public sealed class DemoTests
{
    private static readonly string[] s_keys =
    [
        "seconds", "lines", "frames", "ticks", "symbols", "bytes", "allocatedBytes", "gaps", "gapsUnannounced", "reconnects", "rotations", "streamsChecked",
        "confirmedSeconds", "firstTickSeconds", "dataAgeUs",
    ];

    [Theory]
    [InlineData()]
    [InlineData("--tls")]
    public async Task It_reports_its_steady_part(params string[] more)
    {
        ToolOutcome outcome = await ToolProcess.RunAsync(["demo", "--seconds", "1", "--lines", "2", "--symbols", "20", "--rate", "20000", "--json", .. more]);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        JsonElement json = outcome.Json;
        Assert.Equal(s_keys, json.EnumerateObject().Select(static field => field.Name));
        Assert.InRange(json.GetProperty("seconds").GetDouble(), 1, 10);
        Assert.Equal(2, json.GetProperty("lines").GetInt32());
        Assert.Equal(40, json.GetProperty("symbols").GetInt32());
        Assert.True(json.GetProperty("ticks").GetInt64() > 1000, "the rate is 20,000 a second");
        Assert.True(json.GetProperty("frames").GetInt64() >= json.GetProperty("ticks").GetInt64(), "a frame is a tick, or one that came twice while the line was rotated");
        Assert.True(json.GetProperty("bytes").GetInt64() > 100 * json.GetProperty("ticks").GetInt64());
        Assert.Equal(20, json.GetProperty("gaps").GetInt64());
        Assert.Equal(0, json.GetProperty("gapsUnannounced").GetInt64());
        Assert.Equal(1, json.GetProperty("reconnects").GetInt64());
        Assert.Equal(1, json.GetProperty("rotations").GetInt64());
        Assert.Equal(40, json.GetProperty("streamsChecked").GetInt32());
        Assert.InRange(json.GetProperty("confirmedSeconds").GetDouble(), 1e-6, 20);
        Assert.InRange(json.GetProperty("firstTickSeconds").GetDouble(), 1e-6, 20);
        Assert.True(json.GetProperty("dataAgeUs").GetProperty("count").GetInt64() > 1000);
        Assert.True(json.GetProperty("dataAgeUs").GetProperty("p50").GetDouble() > 0);
    }

    [Fact]
    public async Task Without_a_terminal_it_says_how_it_goes_and_ends_with_the_report()
    {
        ToolOutcome outcome = await ToolProcess.RunAsync("demo", "--seconds", "1.5", "--lines", "1", "--symbols", "5", "--rate", "1000");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"\d\.\d s +[\d,]+ ticks +[\d,]+/s", outcome.Output);
        Assert.Matches(@"symbols +5  on 1 line\b", outcome.Output);
        Assert.Matches(@"data age p50 +\d", outcome.Output);
        Assert.DoesNotContain('\u001b', outcome.Output);
    }

    [Fact]
    public async Task An_interrupt_before_the_steady_part_leaves_nothing_to_report()
    {
        // At this rate the symbols do not tick before the interrupt.
        using ToolProcess demo = ToolProcess.Start("demo", "--lines", "1", "--symbols", "5", "--rate", "0.001");
        Assert.Contains("ticks", await demo.Output.ReadLineAsync(Deadline.Token), StringComparison.Ordinal);

        await demo.SignalAsync("INT");

        (await demo.EndAsync()).FailedWith(1, "interrupted before there was anything to report");
    }
}
