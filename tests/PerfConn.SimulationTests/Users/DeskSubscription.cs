using System;
using System.Globalization;
using System.Threading.Tasks;
using PerfConn.Connections.Managing;
using PerfConn.Dispatch;
using PerfConn.SimulationTests.Checks;

namespace PerfConn.SimulationTests.Users;

/// <summary>One stream of quotes that a user of the manager holds, and its book.</summary>
internal sealed class DeskSubscription(ManagedSubscription subscription, Ledger ledger)
{
    public ManagedSubscription Subscription => subscription;

    public Ledger Ledger => ledger;

    /// <summary>Completes when its reader has come to the end.</summary>
    public Task Reading { get; set; } = Task.CompletedTask;

    public void OnItem(SubscriptionItem item)
    {
        if (item.Gap is { } cause)
        {
            ledger.OnGap(new Gap(default, default, cause, 0, 0, item.Lost, -1));
        }
        else if (item.Message.FieldsOf("tick"u8).TryGet("quote"u8, out ReadOnlySpan<byte> quote, out _))
        {
            ledger.OnTick(long.Parse(quote, CultureInfo.InvariantCulture));
        }
    }
}
