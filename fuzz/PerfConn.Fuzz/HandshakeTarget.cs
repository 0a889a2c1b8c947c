using System;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Fuzz;

/// <summary>The opening handshake's answer. Oracle: parsed or refused with a reason, never both, never an exception.</summary>
internal sealed class HandshakeTarget : IFuzzTarget
{
    public string Name => "handshake";

    public void Run(ReadOnlySpan<byte> input)
    {
        HandshakeResponse? response = HandshakeResponse.Parse(input, out string error);
        if (response is null == (error.Length == 0))
        {
            throw new OracleException($"response {response is not null}, error '{error}'");
        }
    }
}
