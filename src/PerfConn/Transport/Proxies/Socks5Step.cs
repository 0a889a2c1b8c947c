namespace PerfConn.Transport.Proxies;

/// <summary>Which of a SOCKS5 proxy's answers is awaited.</summary>
internal enum Socks5Step
{
    /// <summary>To the methods offered.</summary>
    Methods,

    /// <summary>To user name and password.</summary>
    Credentials,

    /// <summary>To the request.</summary>
    Request,
}
