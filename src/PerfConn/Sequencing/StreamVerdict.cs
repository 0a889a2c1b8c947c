namespace PerfConn.Sequencing;

/// <summary>What the ledger says about a tick, or about a message of a line that numbers its messages.</summary>
internal enum StreamVerdict
{
    /// <summary>The next one, as far as anybody can tell.</summary>
    Accept,

    /// <summary>It came before: it is not delivered.</summary>
    Duplicate,

    /// <summary>A gap marker goes before it: <see cref="StreamLedger.Break"/> tells what is known of the gap.</summary>
    Gap,
}
