using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PerfConn.Connections.Managing;
using PerfConn.Protocol;

namespace PerfConn.Venues.Deriv;

/// <summary>What Deriv takes from one connection (developers.deriv.com/docs/limits): calls share the budget of their row, and what no row names has one together.</summary>
public static class DerivBudgets
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>
    /// Pings, 10 a second; proposals, purchases and sales, 360 a minute and 14,400 an hour; balance and statement, 100 and 2,000; portfolio and profit table, 30 and 1,500; all others, 220 and 14,400.
    /// </summary>
    /// <remarks>Once each is used, the windows take some 260 KiB for a connection; <see cref="DerivOptions.Budgets"/> may be given others, or none.</remarks>
    public static IReadOnlyList<RequestBudget> Documented { get; } =
    [
        Of([new(10, TimeSpan.FromSeconds(1))], "ping"),
        Of([new(360, s_minute), new(14_400, s_hour)], "proposal", "proposal_open_contract", "buy", "sell"),
        Of([new(100, s_minute), new(2_000, s_hour)], "balance", "statement"),
        Of([new(30, s_minute), new(1_500, s_hour)], "portfolio", "profit_table"),
        new() { Windows = [new(220, s_minute), new(14_400, s_hour)] },
    ];

    private static RequestBudget Of(IReadOnlyList<RequestWindow> windows, params string[] calls)
    {
        byte[][] names = [.. calls.Select(Encoding.ASCII.GetBytes)];
        return new RequestBudget { Windows = windows, Covers = payload => HasAny(payload.Span, names) };
    }

    /// <summary>A call's name is a field at its top, though not always the first.</summary>
    private static bool HasAny(ReadOnlySpan<byte> payload, byte[][] names)
    {
        foreach (JsonField field in new JsonFields(payload))
        {
            foreach (byte[] name in names)
            {
                if (field.Key.SequenceEqual(name))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
