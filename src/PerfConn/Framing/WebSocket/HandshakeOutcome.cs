using System.Runtime.InteropServices;

namespace PerfConn.Framing.WebSocket;

/// <summary>What a handshake has settled.</summary>
/// <param name="Subprotocol">The subprotocol that the server chose, or null.</param>
/// <param name="Deflate">The terms of compression; null when there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HandshakeOutcome(string? Subprotocol, DeflateAgreement? Deflate);
