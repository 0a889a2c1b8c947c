using System;
using System.Text.Json;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>What a command left behind.</summary>
internal sealed record ToolOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>The report, which must be the only thing on standard output, and on one line.</summary>
    public JsonElement Json
    {
        get
        {
            Assert.EndsWith("\n", Output, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', Output.TrimEnd('\r', '\n'));
            using JsonDocument document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>A command that failed said so in one line, with nothing of a stack trace, and printed no report.</summary>
    public ToolOutcome FailedWith(int exitCode, params string[] words)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.StartsWith("perfconn: ", Error, StringComparison.Ordinal);
        Assert.EndsWith("\n", Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', Error.TrimEnd('\r', '\n'));
        foreach (string word in words)
        {
            Assert.Contains(word, Error, StringComparison.Ordinal);
        }

        return this;
    }
}
