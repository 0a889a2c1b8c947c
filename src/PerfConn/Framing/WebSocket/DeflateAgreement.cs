using System.Runtime.InteropServices;

namespace PerfConn.Framing.WebSocket;

/// <summary>What both sides have agreed on for permessage-deflate.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DeflateAgreement(bool ServerContextTakeover, bool ClientContextTakeover, int ServerMaxWindowBits, int ClientMaxWindowBits);
