namespace PerfConn.Lab.Scenarios;

/// <summary>Those whom the bars speak of.</summary>
internal static class Names
{
    public const string Bytes = "bare loop, counting bytes";
    public const string Parse = "bare loop, parsing";
    public const string ClientWebSocket = "ClientWebSocket";
    public const string BareSpin = "bare loop, spinning";
    public const string BareBlock = "bare loop, blocking";
    public const string BareSend = "bare loop, sending";
    public const string VenueLine = "PerfConn Async, a venue's line";
    public const string Decoded = ", all decoded";
    public const string OverClientWebSocket = "PerfConn over ClientWebSocket";
    public const string Beast = "Boost.Beast";
    public const string Thread = "PerfConn Thread";
    public const string Async = "PerfConn Async";
    public const string Spin = "PerfConn Spin";
}
