using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Simulator;

namespace PerfConn.Tool.Running;

/// <summary>
/// What the demo tells its venue in the other process, a line each on its standard input: <c>cut N</c> cuts the N-th connection, <c>ledger</c> stops the ticks and asks what was
/// sent. The answer is one line each. The end of the input is the last order.
/// </summary>
internal sealed class SimulatorOrders(BinanceSimulator simulator, TextWriter output)
{
    public const string Cut = "cut ";
    public const string Ledger = "ledger";
    public const string Done = "done";

    /// <summary>Carries orders out until there are no more.</summary>
    public async Task RunAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.ASCII);
        while (await DedicatedThread.RunAsync("perfconn input", input.ReadLine).ConfigureAwait(false) is { } order)
        {
            await output.WriteLineAsync(await ObeyAsync(order).ConfigureAwait(false)).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The ledger as text: <c>SYMBOL first last</c> for each stream, over all its connections, between semicolons.</summary>
    public static Dictionary<string, (long First, long Last)> Parse(string ledger)
    {
        var streams = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        foreach (string stream in ledger.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = stream.Split(' ');
            streams.Add(words[0], (long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture)));
        }

        return streams;
    }

    private async Task<string> ObeyAsync(string order)
    {
        if (order.StartsWith(Cut, StringComparison.Ordinal))
        {
            return await simulator.DropAsync(long.Parse(order[Cut.Length..], CultureInfo.InvariantCulture)).ConfigureAwait(false) ? Done : "no such connection";
        }

        simulator.PauseTicks();
        return Text(simulator.GetLedger());
    }

    private static string Text(IReadOnlyList<StreamPosition> positions)
    {
        var streams = new Dictionary<string, (long First, long Last)>(StringComparer.Ordinal);
        foreach (StreamPosition position in positions)
        {
            if (position.Ticks > 0)
            {
                (long first, long last) = streams.GetValueOrDefault(position.Symbol, (long.MaxValue, 0));
                streams[position.Symbol] = (Math.Min(first, position.FirstSequence), Math.Max(last, position.LastSequence));
            }
        }

        var text = new StringBuilder();
        foreach ((string symbol, (long first, long last)) in streams)
        {
            text.Append(CultureInfo.InvariantCulture, $"{symbol} {first} {last};");
        }

        return text.ToString();
    }
}
