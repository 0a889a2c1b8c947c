namespace PerfConn.Protocol;

/// <summary>Who has to say something so that both sides know the line to be alive (the four styles that venues ask for).</summary>
public enum HeartbeatStyle
{
    /// <summary>This side sends WebSocket pings into the silence. Needs a framing that has them and a transport that carries bytes.</summary>
    ControlPing,

    /// <summary>This side sends a message of its own into the silence, which the venue answers (OKX <c>ping</c>, Bybit <c>{"op":"ping"}</c>, Deriv <c>{"ping":1}</c>).</summary>
    ApplicationPing,

    /// <summary>The venue sends pings, which are answered; its silence for longer than the interval and the timeout is the end (Binance).</summary>
    AnswerPings,

    /// <summary>The venue sends a heartbeat message where there is nothing else (Kraken, Kite, Coinbase, Databento); its silence for longer than the interval and the timeout is the end.</summary>
    ExpectHeartbeat,
}
