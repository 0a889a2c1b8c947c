namespace PerfConn.Tests.Symbols;

/// <summary>One operation of a history: who, what, on which key, what came of it, and between which two moments (Stopwatch timestamps).</summary>
/// <param name="Thread">The thread.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Key">The key; -1 for a count.</param>
/// <param name="Result">The id, -1 for none; or the count.</param>
/// <param name="Start">Read before the operation began.</param>
/// <param name="End">Read after it had ended.</param>
internal readonly record struct MapOperation(int Thread, MapOperationKind Kind, int Key, int Result, long Start, long End);
