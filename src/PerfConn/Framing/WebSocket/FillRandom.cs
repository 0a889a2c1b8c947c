using System;

namespace PerfConn.Framing.WebSocket;

/// <summary>Fills the bytes with unpredictable ones; replaced only by tests that replay.</summary>
internal delegate void FillRandom(Span<byte> bytes);
