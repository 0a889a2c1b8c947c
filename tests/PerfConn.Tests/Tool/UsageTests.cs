using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>A command line that makes no sense: one line that says what, exit code 2, nothing on standard output.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("a command is missing")]
    [InlineData("unknown command 'nonsense'", "nonsense")]
    [InlineData("unknown option '--nonsense'", "watch", "ws://localhost/", "--nonsense")]
    [InlineData("unexpected argument 'second'", "watch", "ws://localhost/", "second")]
    [InlineData("Required argument missing for command: 'watch'", "watch")]
    [InlineData("Required argument missing for option: '--seconds'", "watch", "ws://localhost/", "--seconds")]
    [InlineData("'http://localhost/' is not an absolute ws:// or wss:// address", "watch", "http://localhost/")]
    [InlineData("'tcp://host:1' is not an absolute ws:// or wss:// address", "watch", "tcp://host:1")]
    [InlineData("'nowhere' is not an absolute ws:// or wss:// address", "watch", "nowhere")]
    [InlineData("--seconds 'soon' is not a number", "watch", "ws://localhost/", "--seconds", "soon")]
    [InlineData("--frames '0' is not a number from 1", "watch", "ws://localhost/", "--frames", "0")]
    [InlineData("--frames '1.5' is not a number", "watch", "ws://localhost/", "--frames", "1.5")]
    [InlineData("--venue 'kraken' is none of binance", "watch", "ws://localhost/", "--venue", "kraken")]
    [InlineData("--dispatch 'queue' is none of inline, lane", "watch", "ws://localhost/", "--dispatch", "queue")]
    [InlineData("--transport 'udp' is none of socket, clientwebsocket", "watch", "ws://localhost/", "--transport", "udp")]
    [InlineData("--receive thread needs --transport socket", "watch", "ws://localhost/", "--receive", "thread", "--transport", "clientwebsocket")]
    [InlineData("--receive spin needs --transport socket", "watch", "ws://localhost/", "--receive", "spin", "--transport", "clientwebsocket")]
    [InlineData("--event-time 'E' is not FIELD:ms", "watch", "ws://localhost/", "--event-time", "E")]
    [InlineData("--event-time ':ms' is not FIELD:ms", "watch", "ws://localhost/", "--event-time", ":ms")]
    [InlineData("--event-time 'E:s' is not FIELD:ms", "watch", "ws://localhost/", "--event-time", "E:s")]
    [InlineData("--stages times.pdf: the name has to end in .txt, .csv or .svg", "watch", "ws://localhost/", "--stages", "times.pdf")]
    [InlineData("--symbols: Binance stream 'btcusdt@nonsense'", "watch", "ws://localhost/", "--symbols", "btcusdt@nonsense")]
    [InlineData("--symbols ',' names no stream", "watch", "ws://localhost/", "--symbols", ",")]
    [InlineData("--symbols @/no/such/file: no such file", "watch", "ws://localhost/", "--symbols", "@/no/such/file")]
    [InlineData("--symbols '1025' is not a number from 1 to 1024", "demo", "--symbols", "1025")]
    [InlineData("--rate '-1' is not a number", "demo", "--rate", "-1")]
    [InlineData("--port '65536' is not a number from 0 to 65535", "simulate", "--port", "65536")]
    public async Task What_makes_no_sense_is_named_in_one_line(string message, params string[] args)
    {
        ToolOutcome outcome = await ToolRunner.RunAsync(args);

        outcome.FailedWith(2, message, "try 'perfconn");
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("perfconn watch <url>", "watch", "--help")]
    [InlineData("perfconn demo", "demo", "-h")]
    [InlineData("perfconn simulate", "simulate", "--help")]
    [InlineData("watch <url>", "--help")]
    public async Task Help_is_there_for_the_asking(string usage, params string[] args)
    {
        ToolOutcome outcome = await ToolRunner.RunAsync(args);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(usage, outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("until-input-closes", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public async Task Too_many_streams_for_one_line_are_refused_before_anything_is_connected()
    {
        string streams = string.Join(',', Enumerable.Range(1, 1025).Select(static i => $"s{i}"));

        ToolOutcome outcome = await ToolRunner.RunAsync("watch", "ws://localhost/", "--symbols", streams);

        outcome.FailedWith(2, "names 1025 streams; one line carries at most 1024");
    }
}
