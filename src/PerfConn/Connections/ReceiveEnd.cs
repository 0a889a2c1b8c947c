using System.Runtime.InteropServices;
using PerfConn.Framing;

namespace PerfConn.Connections;

/// <summary>Why a receive loop stopped.</summary>
/// <param name="Fault">What the peer did wrong, if anything.</param>
/// <param name="IsClosed">Whether the peer sent a Close frame.</param>
/// <param name="IsInsideMessage">Whether the stream ended with a frame half received.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReceiveEnd(FrameFault Fault, bool IsClosed, bool IsInsideMessage);
