namespace PerfConn.Tool.Running;

/// <summary>The peer broke the framing protocol or a limit.</summary>
/// <param name="CloseCode">The code that the line closed it with.</param>
/// <param name="Message">Where and what, in one line.</param>
internal sealed record ProtocolBreach(int CloseCode, string Message);
