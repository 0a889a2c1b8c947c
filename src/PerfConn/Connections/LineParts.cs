using System.Threading;
using PerfConn.Diagnostics;
using PerfConn.Dispatch;
using PerfConn.Sequencing;
using PerfConn.Symbols;

namespace PerfConn.Connections;

/// <summary>What a line has ready when its pipeline is made.</summary>
internal sealed record LineParts(Line Line, SymbolMap Symbols, StreamLedger? Ledger, LineCounters Counters, FaultObserver Faults, ISessionControl Control)
{
    /// <summary>Cancelled as soon as somebody closes the line: from then on no lane makes it wait.</summary>
    public CancellationToken Closing { get; init; }

    /// <summary>The lane that the pipeline ends in, if any; the line ends it.</summary>
    public ILane? Lane { get; set; }

    /// <summary>Where the receive loop records its stages, if it does.</summary>
    public StageRecorder? Stages { get; set; }
}
