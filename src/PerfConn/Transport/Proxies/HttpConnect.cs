using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>Opens the way through an HTTP proxy: one CONNECT request, one answer (RFC 9110 section 9.3.6), basic credentials (RFC 7617) where there are any.</summary>
internal static class HttpConnect
{
    public static async Task OpenAsync(ProxyChannel channel, ProxyOptions proxy, string host, int port, CancellationToken cancellationToken)
    {
        await channel.SendAsync(Request(proxy, host, port), cancellationToken).ConfigureAwait(false);
        var reply = new HttpConnectReply();
        await channel.ReadAsync(reply, cancellationToken).ConfigureAwait(false);
        if (reply.Status is < 200 or > 299)
        {
            throw Refusal(proxy, reply.Status);
        }
    }

    /// <summary>The request. The host has passed <see cref="Uri"/> and IDNA, so nothing in it can end a line.</summary>
    public static byte[] Request(ProxyOptions proxy, string host, int port)
    {
        string authority = IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{address}]:{port}"
            : $"{host}:{port}";
        var request = new StringBuilder();
        request.Append("CONNECT ").Append(authority).Append(" HTTP/1.1\r\nHost: ").Append(authority).Append("\r\n");
        if (proxy.HasCredentials)
        {
            byte[] pair = [.. proxy.UserName, (byte)':', .. proxy.Password];
            request.Append("Proxy-Authorization: Basic ").Append(Convert.ToBase64String(pair)).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(request.Append("\r\n").ToString());
    }

    private static ProxyRefusal Refusal(ProxyOptions proxy, int status) => status switch
    {
        407 when proxy.HasCredentials => new ProxyRefusal(ProxyFailureReason.CredentialsRefused, "did not accept the credentials (407)", status),
        407 => new ProxyRefusal(ProxyFailureReason.CredentialsRequired, "wants credentials (407)", status),
        403 => new ProxyRefusal(ProxyFailureReason.NotAllowed, "does not allow this target (403)", status),
        _ => new ProxyRefusal(ProxyFailureReason.Status, $"answered {status} to CONNECT", status),
    };
}
