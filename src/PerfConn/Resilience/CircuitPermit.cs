namespace PerfConn.Resilience;

/// <summary>Leave to try once, from <see cref="CircuitBreaker.TryEnter"/>. Report what came of it, whatever it was: an unreported probe keeps all others out for the recovery time.</summary>
/// <param name="Generation">The breaker's generation when it was given; a report of an older one says nothing about now.</param>
public readonly record struct CircuitPermit(int Generation);
