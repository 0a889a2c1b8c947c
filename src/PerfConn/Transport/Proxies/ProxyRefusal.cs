using System;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>What went wrong with a proxy, on its way to the tunnel, which knows the endpoint and makes the public exception of it.</summary>
internal sealed class ProxyRefusal(ProxyFailureReason reason, string message, int? statusCode = null) : Exception(message)
{
    public ProxyFailureReason Reason { get; } = reason;

    public int? StatusCode { get; } = statusCode;
}
