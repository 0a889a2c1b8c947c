using System;
using System.Net;

namespace PerfConn.Diagnostics;

/// <summary>One address that was tried and did not answer.</summary>
/// <param name="Address">The address and port, or the path of a Unix domain socket.</param>
/// <param name="Reason">Why it failed, in one line.</param>
/// <param name="Error">What the operating system said.</param>
public sealed record ConnectAttempt(EndPoint Address, string Reason, Exception Error)
{
    /// <summary>Address and reason.</summary>
    public override string ToString() => $"{Address} {Reason}";
}
