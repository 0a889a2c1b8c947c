namespace PerfConn.Simulator.Market;

/// <summary>How a line wants its ticks written.</summary>
/// <param name="IsCombined">Whether payloads are wrapped as <c>{"stream":...,"data":...}</c>.</param>
/// <param name="IsMicroseconds">Whether times are in microseconds instead of milliseconds.</param>
internal readonly record struct StreamFormat(bool IsCombined, bool IsMicroseconds);
