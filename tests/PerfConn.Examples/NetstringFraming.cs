using PerfConn.Framing;

namespace PerfConn.Examples;

/// <summary>Netstrings: <c>5:hello,</c>.</summary>
public sealed record NetstringFraming : MessageFraming<NetstringParser>
{
    protected override NetstringParser CreateParser(FrameLimits limits) => new(limits);

    protected override IFrameEncoder CreateEncoder() => new NetstringEncoder();
}
