using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;
using PerfConn.Transport.Proxies;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using Xunit;

namespace PerfConn.Interop;

/// <summary>Lines to the peers, and what every echoing peer has to send back.</summary>
internal static class Lines
{
    public static LineOptions Options(Way way, bool deflate = false, X509Certificate2? authority = null, ProxyOptions? proxy = null) => new()
    {
        ReceiveMode = way == Way.Thread ? ReceiveMode.Thread : ReceiveMode.Async,
        Framing = deflate ? new WebSocketFraming { Deflate = new DeflateOptions() } : WebSocketFraming.Default,
        Reconnect = null,
        Transport = way == Way.ClientWebSocket
            ? new ClientWebSocketTransportFactory(new ClientWebSocketTransportOptions
            {
                Deflate = deflate ? new WebSocketDeflateOptions() : null,
                Configure = authority is null ? null : options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) => IsSignedBy(authority, certificate),
            })
            : new SocketTransportFactory(new SocketTransportOptions
            {
                Proxy = proxy,
                Tls = new TlsOptions { TrustedRoots = authority is null ? null : [authority] },
            }),
    };

    /// <summary>Messages of the sizes where the length field changes, text and binary, each sent back as it went.</summary>
    public static async Task EchoAsync(string url, LineOptions options)
    {
        var received = new Messages();
        await using MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse(url), received, options));
        foreach (byte[] payload in Payloads())
        {
            foreach (bool isText in (bool[])[true, false])
            {
                await Limit.WithinAsync(line.SendAsync(payload.AsMemory(), isText).AsTask());
                (bool wasText, byte[] echo) = await received.NextAsync();
                Assert.Equal(isText, wasText);
                Assert.True(payload.AsSpan().SequenceEqual(echo), $"{payload.Length} bytes came back as {echo.Length} others");
            }
        }

        await Limit.WithinAsync(line.CloseAsync(3999, "done").AsTask());
        Assert.Equal(LineState.Closed, line.State);
    }

    private static IEnumerable<byte[]> Payloads()
    {
        foreach (int size in (int[])[0, 1, 125, 126, 127, 65535, 65536, 1 << 20])
        {
            // Half of it repeats, so that compression has something to do and something it cannot.
            string text = string.Concat(Enumerable.Range(0, (size / 7) + 1).Select(i => ((i * 2654435761L) & 0xFFFFFF).ToString("x6", null) + "\n"));
            yield return Encoding.ASCII.GetBytes(text)[..size];
        }
    }

    private static bool IsSignedBy(X509Certificate2 authority, X509Certificate? certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is X509Certificate2 leaf && chain.Build(leaf);
    }
}
