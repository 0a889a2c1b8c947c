namespace PerfConn.Tool.Running;

/// <summary>What the audit of a demo has found.</summary>
/// <param name="Streams">Streams that the venue has sent ticks of.</param>
/// <param name="Mismatches">Of these, the ones whose first or last tick is not what was delivered first or last.</param>
internal readonly record struct DemoAuditResult(int Streams, int Mismatches);
