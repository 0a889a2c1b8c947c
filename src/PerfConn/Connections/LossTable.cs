using PerfConn.Diagnostics;

namespace PerfConn.Connections;

/// <summary>The policy table: which loss is of which kind. Close codes by RFC 6455 section 7.4 and the IANA registry, statuses by RFC 9110 section 15.</summary>
internal static class LossTable
{
    public static LossKind KindOf(LineEnd end, ReconnectOptions options) => end.Error switch
    {
        AuthenticationFailedException => LossKind.Credentials,
        HandshakeException handshake => OfStatus(handshake.StatusCode),
        TlsException { IsLasting: true } => LossKind.Tls,
        ProxyException { IsRefusal: true } => LossKind.Refused,
        StaleDataException { IsOtherWanted: true } => LossKind.GoingAway,
        ProtocolViolationException violation => OfCloseCode(violation.CloseCode, options),
        AllConnectionsFailedException { Causes: [.., var last] } => KindOf(end with { Error = last }, options),
        FramingException => LossKind.Refused,
        EndpointsUnavailableException or NetworkException or ConnectTimeoutException or TlsException or ProxyException => LossKind.Network,
        _ when end.Cause == LineEndCause.EndOfStream => LossKind.Closed,
        _ => OfCloseCode(end.CloseCode, options),
    };

    private static LossKind OfCloseCode(int code, ReconnectOptions options) => code switch
    {
        _ when options.FatalCloseCodes.Contains(code) => LossKind.Refused,
        _ when options.SlowCloseCodes.Contains(code) => LossKind.Policy,
        1000 => LossKind.Closed,
        1001 or 1014 => LossKind.GoingAway,
        1002 or 1003 or 1007 or 1010 => LossKind.Protocol,
        1008 => LossKind.Policy,
        1009 => LossKind.TooBig,
        1012 => LossKind.Restarting,
        1013 => LossKind.Overloaded,
        _ => LossKind.Network,
    };

    /// <summary>A status of null is an answer that never came, or was cut: the network's doing. A 101 is one that breaks the RFC.</summary>
    private static LossKind OfStatus(int? status) => status switch
    {
        null or 408 or 425 or 500 or 502 or 504 => LossKind.Network,
        401 or 403 => LossKind.Credentials,
        418 or 429 or 503 => LossKind.Throttled,
        _ => LossKind.Refused,
    };
}
