namespace PerfConn.Connections;

/// <summary>What a look at the silence asks for.</summary>
internal enum HeartbeatVerdict
{
    Wait,

    Ping,

    GiveUp,
}
