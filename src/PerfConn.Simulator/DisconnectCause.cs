namespace PerfConn.Simulator;

/// <summary>Why a simulated connection ended.</summary>
public enum DisconnectCause
{
    /// <summary>The client sent a Close frame.</summary>
    ClosedByClient,

    /// <summary>The client went away without a Close frame.</summary>
    LostByClient,

    /// <summary>The client sent more messages than a second allows.</summary>
    TooManyMessages,

    /// <summary>The client subscribed to more streams than a connection may have.</summary>
    TooManyStreams,

    /// <summary>The client broke the framing protocol.</summary>
    ProtocolViolation,

    /// <summary>The client left a ping unanswered.</summary>
    PongTimeout,

    /// <summary>The client let answers pile up without reading them.</summary>
    NotReading,

    /// <summary>The connection reached the end of its life.</summary>
    SessionExpired,

    /// <summary>Closed by <see cref="BinanceSimulator.CloseAllAsync"/>.</summary>
    ClosedByFault,

    /// <summary>Cut by <see cref="BinanceSimulator.DropAllAsync"/>.</summary>
    DroppedByFault,

    /// <summary>The simulator was stopped.</summary>
    SimulatorStopped,
}
