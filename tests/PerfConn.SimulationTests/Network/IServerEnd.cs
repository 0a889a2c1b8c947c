using System;

namespace PerfConn.SimulationTests.Network;

/// <summary>Who serves a connection.</summary>
internal interface IServerEnd
{
    /// <summary>Bytes have come.</summary>
    void OnBytes(ReadOnlyMemory<byte> bytes);

    /// <summary>The client, or the network, has ended the connection. May come more than once.</summary>
    void OnEnd(bool isReset);
}
