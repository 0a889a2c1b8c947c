using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Tool.Reports;
using PerfConn.Transport;

namespace PerfConn.Tool.Running;

/// <summary>One <c>perfconn echo</c>, from the connection to the report.</summary>
internal sealed class EchoRun(Endpoint endpoint, LineOptions options, ToolConsole console, bool json)
{
    /// <summary>Echoes until the peer closes, or until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        long start = options.TimeProvider.GetTimestamp();
        MessageLine line = await MessageLine.ConnectAsync(endpoint, new EchoHandler(), options, stop).ConfigureAwait(false);
        await using (line.ConfigureAwait(false))
        {
            await ((Task)line.Completion.WaitAsync(stop)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        LineEnd end = await line.Completion.ConfigureAwait(false);
        LineStatistics statistics = line.Statistics;
        var report = new EchoReport
        {
            Endpoint = endpoint.ToString(),
            Seconds = options.TimeProvider.GetElapsedTime(start).TotalSeconds,
            Messages = statistics.Frames,
            Bytes = statistics.Bytes,
            Reconnects = statistics.Reconnects,
            CloseCode = end.CloseCode,
            CloseReason = end.Reason,
        };
        if (json)
        {
            ReportJson.Write(console.Output, report);
        }
        else
        {
            ReportText.Write(console, report);
        }

        if (end.Error is not { } error || stop.IsCancellationRequested)
        {
            return ExitCode.Success;
        }

        await console.Error.WriteLineAsync(CommandLine.OneLine($"{error.Message} (close code {end.CloseCode})")).ConfigureAwait(false);
        return ExitCode.Failure;
    }
}
