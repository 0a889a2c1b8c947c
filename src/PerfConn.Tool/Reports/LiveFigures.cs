using System;
using System.Collections.Generic;

namespace PerfConn.Tool.Reports;

/// <summary>What there is to show while a command runs.</summary>
/// <param name="Title">What is being done, and where.</param>
/// <param name="Elapsed">For how long.</param>
/// <param name="Duration">Of how long in all; null when it ends some other way.</param>
/// <param name="Rows">The lines.</param>
/// <param name="Note">The last thing that went wrong; null when all is well.</param>
internal sealed record LiveFigures(string Title, TimeSpan Elapsed, TimeSpan? Duration, IReadOnlyList<LineRow> Rows, string? Note);
