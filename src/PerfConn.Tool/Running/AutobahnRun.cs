using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Tool.Reports;
using PerfConn.Transport;

namespace PerfConn.Tool.Running;

/// <summary>
/// The client's side of the Autobahn suite's fuzzing server: it asks for the number of cases, opens a line for each and echoes until the server has closed it,
/// asks for the verdict, and has the reports written.
/// </summary>
internal sealed class AutobahnRun(Endpoint server, string agent, CaseFilter filter, LineOptions options, ToolConsole console, bool json)
{
    /// <summary>Failed cases that the last line names.</summary>
    private const int MostNamed = 10;

    /// <summary>The server gives each case up by itself long before; the slowest of the genuine suite take half a minute.</summary>
    private static readonly TimeSpan s_caseTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Runs the cases.</summary>
    /// <returns>Success when the suite calls none of them failed.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        long start = options.TimeProvider.GetTimestamp();
        string told = await AskAsync("getCaseCount", stop).ConfigureAwait(false);
        if (!int.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            throw new ToolException($"{server} answered getCaseCount with {told.Length} characters that are no number; is it a fuzzing server?");
        }

        var verdicts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var remarkable = new List<(int, string)>();
        int run = 0;
        for (int number = 1; number <= count; number++)
        {
            if (await IsWantedAsync(number, stop).ConfigureAwait(false))
            {
                run++;
                string verdict = await RunCaseAsync(number, stop).ConfigureAwait(false);
                verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
                if (verdict != "OK")
                {
                    remarkable.Add((number, verdict));
                }

                await ShowProgressAsync(number, count, verdict).ConfigureAwait(false);
            }
        }

        await AskAsync($"updateReports?agent={Uri.EscapeDataString(agent)}", stop).ConfigureAwait(false);
        return Report(new AutobahnReport
        {
            Endpoint = server.ToString(),
            Agent = agent,
            Seconds = options.TimeProvider.GetElapsedTime(start).TotalSeconds,
            Count = count,
            Run = run,
            Verdicts = verdicts,
            Remarkable = remarkable,
        });
    }

    private async Task<bool> IsWantedAsync(int number, CancellationToken stop)
    {
        if (filter.HasNumber(number))
        {
            return true;
        }

        return filter.NeedsIds
            && filter.HasId(StringOf(await AskAsync($"getCaseInfo?case={number}", stop).ConfigureAwait(false), "id"));
    }

    /// <summary>How a case ends on this side does not matter: many end in a violation on purpose. What counts is what the server says of it.</summary>
    private async Task<string> RunCaseAsync(int number, CancellationToken stop)
    {
        await RunLineAsync($"runCase?case={number}&agent={Uri.EscapeDataString(agent)}", new EchoHandler(), stop).ConfigureAwait(false);
        return StringOf(await AskAsync($"getCaseStatus?case={number}&agent={Uri.EscapeDataString(agent)}", stop).ConfigureAwait(false), "behavior");
    }

    private async Task<string> AskAsync(string question, CancellationToken stop)
    {
        var answer = new LastMessage();
        await RunLineAsync(question, answer, stop).ConfigureAwait(false);
        return answer.Text;
    }

    private async Task RunLineAsync<THandler>(string path, THandler handler, CancellationToken stop)
        where THandler : IMessageHandler
    {
        Endpoint endpoint = Endpoint.Parse(new Uri(server.Url, path).AbsoluteUri);
        MessageLine line = await MessageLine.ConnectAsync(endpoint, handler, options, stop).ConfigureAwait(false);
        await using (line.ConfigureAwait(false))
        {
            try
            {
                await line.Completion.WaitAsync(s_caseTimeout, options.TimeProvider, stop).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw new ToolException($"{endpoint} was not closed by the server within {s_caseTimeout.TotalMinutes:0} minutes");
            }
        }
    }

    private string StringOf(string answer, string property)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            return document.RootElement.GetProperty(property).GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ToolException($"{server} gave an answer without '{property}'; is it a fuzzing server?");
        }
    }

    private async Task ShowProgressAsync(int number, int count, string verdict)
    {
        if (!json && (verdict != "OK" || console.IsTerminal))
        {
            await console.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"case {number} of {count}: {verdict}")).ConfigureAwait(false);
        }
    }

    private int Report(AutobahnReport report)
    {
        if (json)
        {
            ReportJson.Write(console.Output, report);
        }
        else
        {
            ReportText.Write(console, report);
        }

        List<string> failed = [];
        foreach ((int number, string verdict) in report.Remarkable)
        {
            if (verdict is not ("NON-STRICT" or "INFORMATIONAL"))
            {
                failed.Add($"{number} {verdict}");
            }
        }

        if (failed.Count == 0)
        {
            return ExitCode.Success;
        }

        // Of a run that fails from one end to the other the first few say enough.
        string named = string.Join(", ", failed.GetRange(0, Math.Min(failed.Count, MostNamed))) + (failed.Count > MostNamed ? ", ..." : "");
        console.Error.WriteLine(CommandLine.OneLine(string.Create(CultureInfo.InvariantCulture, $"{failed.Count} of {report.Run} cases failed: {named}")));
        return ExitCode.Failure;
    }
}
