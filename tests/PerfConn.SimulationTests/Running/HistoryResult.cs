using System.Collections.Generic;
using PerfConn.SimulationTests.Checks;

namespace PerfConn.SimulationTests.Running;

/// <summary>What came of a history.</summary>
internal sealed record HistoryResult(ulong Seed, ulong Hash, Totals Totals, IReadOnlyList<Violation> Violations);
