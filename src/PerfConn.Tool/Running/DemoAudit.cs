using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Symbols;

namespace PerfConn.Tool.Running;

/// <summary>
/// Holds what was delivered against the venue's own ledger: of each stream the first and the last tick that were sent have to be the first and the last delivered. What lies
/// between was delivered or announced as missing, or the recorders have counted it.
/// </summary>
internal sealed class DemoAudit(SimulatorProcess simulator, IReadOnlyList<DemoLine> lines, TimeProvider time)
{
    /// <summary>How long what is under way may take to arrive once the venue has stopped.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    public async Task<DemoAuditResult> RunAsync()
    {
        long start = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        int mismatches;
        Dictionary<string, (long First, long Last)> sent;
        do
        {
            // Asked anew each time: when the ticks are stopped one batch may still be on its way into the ledger.
            sent = SimulatorOrders.Parse(await simulator.OrderAsync(SimulatorOrders.Ledger).ConfigureAwait(false));
            mismatches = Mismatches(sent);
        }
        while (mismatches > 0 && time.GetElapsedTime(start) < s_timeout && await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false));

        return new DemoAuditResult(sent.Count, mismatches);
    }

    private int Mismatches(Dictionary<string, (long First, long Last)> sent)
    {
        int mismatches = 0;
        foreach ((string symbol, (long First, long Last) range) in sent)
        {
            mismatches += Delivered(symbol) == range ? 0 : 1;
        }

        return mismatches;
    }

    /// <summary>The lines share their symbols, and a symbol is one line's.</summary>
    private (long First, long Last) Delivered(string symbol)
    {
        SymbolId id = lines[0].Line.Symbols.Find(Encoding.UTF8.GetBytes(symbol));
        foreach (DemoLine line in lines)
        {
            if (id.IsValid && line.Recorder.TradesOf(id) is { Last: > 0 } trades)
            {
                return trades;
            }
        }

        return default;
    }
}
