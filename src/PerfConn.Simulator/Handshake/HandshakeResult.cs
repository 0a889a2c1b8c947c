using System;

namespace PerfConn.Simulator.Handshake;

/// <summary>What came of a request to open a connection.</summary>
/// <param name="Target">What the peer asks for; null when it is refused.</param>
/// <param name="Answer">The HTTP answer to send; empty when nobody is left to be answered.</param>
internal sealed record HandshakeResult(StreamTarget? Target, ReadOnlyMemory<byte> Answer);
