using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>Opens the way through a SOCKS5 proxy (RFC 1928), without credentials or with user name and password (RFC 1929). A name goes to the proxy unresolved.</summary>
internal static class Socks5
{
    private const byte Version = 5;
    private const byte NoCredentials = 0;
    private const byte UserNamePassword = 2;
    private const byte NoneAcceptable = 255;
    private const int MaxName = 255;

    public static async Task OpenAsync(ProxyChannel channel, ProxyOptions proxy, string host, int port, CancellationToken cancellationToken)
    {
        byte[] request = Request(host, port);
        byte[] methods = proxy.HasCredentials ? [Version, 2, NoCredentials, UserNamePassword] : [Version, 1, NoCredentials];
        byte chosen = await AskAsync(channel, methods, Socks5Step.Methods, cancellationToken).ConfigureAwait(false);
        if (chosen == UserNamePassword && proxy.HasCredentials)
        {
            byte status = await AskAsync(channel, Credentials(proxy), Socks5Step.Credentials, cancellationToken).ConfigureAwait(false);
            if (status != 0)
            {
                throw new ProxyRefusal(ProxyFailureReason.CredentialsRefused, "did not accept the credentials", status);
            }
        }
        else if (chosen != NoCredentials)
        {
            throw chosen switch
            {
                NoneAcceptable when !proxy.HasCredentials => new ProxyRefusal(ProxyFailureReason.CredentialsRequired, "wants credentials", chosen),
                NoneAcceptable => new ProxyRefusal(ProxyFailureReason.NoAcceptableMethod, "accepts neither no credentials nor a user name and password", chosen),
                _ => new ProxyRefusal(ProxyFailureReason.Garbage, "chose a method that was not offered", chosen),
            };
        }

        byte reply = await AskAsync(channel, request, Socks5Step.Request, cancellationToken).ConfigureAwait(false);
        if (reply != 0)
        {
            throw Refusal(reply);
        }
    }

    /// <summary>The CONNECT request: RFC 1928 section 4.</summary>
    public static byte[] Request(string host, int port)
    {
        byte[] target;
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            target = [(byte)(address.AddressFamily == AddressFamily.InterNetworkV6 ? 4 : 1), .. address.GetAddressBytes()];
        }
        else
        {
            byte[] name = Encoding.ASCII.GetBytes(host);
            if (name.Length > MaxName)
            {
                throw new ProxyRefusal(ProxyFailureReason.AddressTypeNotSupported, $"takes no host name of more than {MaxName} bytes");
            }

            target = [3, (byte)name.Length, .. name];
        }

        return [Version, 1, 0, .. target, (byte)(port >> 8), (byte)port];
    }

    private static byte[] Credentials(ProxyOptions proxy) =>
        [1, (byte)proxy.UserName.Length, .. proxy.UserName, (byte)proxy.Password.Length, .. proxy.Password];

    private static async ValueTask<byte> AskAsync(ProxyChannel channel, byte[] question, Socks5Step step, CancellationToken cancellationToken)
    {
        await channel.SendAsync(question, cancellationToken).ConfigureAwait(false);
        var reply = new Socks5Reply(step);
        await channel.ReadAsync(reply, cancellationToken).ConfigureAwait(false);
        return reply.Code;
    }

    private static ProxyRefusal Refusal(byte reply)
    {
        (ProxyFailureReason reason, string words) = reply switch
        {
            1 => (ProxyFailureReason.GeneralFailure, "failed and says no more (1)"),
            2 => (ProxyFailureReason.NotAllowed, "does not allow this target (2)"),
            3 => (ProxyFailureReason.NetworkUnreachable, "has no network to the target (3)"),
            4 => (ProxyFailureReason.HostUnreachable, "does not reach the target (4)"),
            5 => (ProxyFailureReason.ConnectionRefused, "was refused by the target (5)"),
            6 => (ProxyFailureReason.TimeToLiveExpired, "does not reach the target: its time to live ran out (6)"),
            7 => (ProxyFailureReason.CommandNotSupported, "does not know CONNECT (7)"),
            8 => (ProxyFailureReason.AddressTypeNotSupported, "does not know this kind of address (8)"),
            _ => (ProxyFailureReason.Garbage, $"gave a reply that RFC 1928 does not know ({reply})"),
        };
        return new ProxyRefusal(reason, words, reply);
    }
}
