using System;

namespace PerfConn.SimulationTests.Checks;

/// <summary>Something that must never be, and was.</summary>
/// <param name="Rule">Which rule, in a word or two.</param>
/// <param name="Detail">What happened.</param>
/// <param name="At">Virtual time since the history began.</param>
internal sealed record Violation(string Rule, string Detail, TimeSpan At);
