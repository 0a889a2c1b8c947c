namespace PerfConn.Resilience;

/// <summary>What a <see cref="CircuitBreaker"/> lets through.</summary>
public enum CircuitState
{
    /// <summary>Everything.</summary>
    Closed,

    /// <summary>Nothing, until the recovery time has passed and somebody asks.</summary>
    Open,

    /// <summary>Nothing more than the one probe that is on its way.</summary>
    HalfOpen,
}
