using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Tests.Connections;
using PerfConn.Tests.Transport.Sockets;
using PerfConn.Transport;
using PerfConn.Transport.Proxies;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Proxies;

/// <summary>Raw lines, plain and TLS, through proxies: every framing, both ways, with no upgrade between the proxy's answer and the first message.</summary>
public sealed class RawProxyTests
{
    private const int Messages = 300;

    public static TheoryData<string, string, string, ReceiveMode> Everything()
    {
        var all = new TheoryData<string, string, string, ReceiveMode>();
        foreach (string proxy in (string[])["http", "socks", "socks-password"])
        {
            foreach (string scheme in (string[])["tcp", "tls"])
            {
                foreach (string framing in RawFramings.Names)
                {
                    all.Add(proxy, scheme, framing, ReceiveMode.Async);
                    all.Add(proxy, scheme, framing, ReceiveMode.Thread);
                }
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Messages_go_both_ways_and_the_end_is_a_goodbye(string kind, string scheme, string framing, ReceiveMode mode)
    {
        using TcpListener venue = Loopback.Listen();
        Task<int> serving = EchoAsync(venue, scheme == "tls", RawFramings.Frame(framing, Messages).Length * Messages);
        using ScriptedProxy proxy = kind == "http" ? ScriptedProxy.HttpTo(venue.Port()) : ScriptedProxy.SocksTo(venue.Port(), kind == "socks-password");
        var texts = new Texts();
        await using MessageLine line = await ConnectAsync(proxy, kind, $"{scheme}://venue.test:4433", framing, mode, texts);

        for (int i = 1; i <= Messages; i++)
        {
            await Deadline.Within(line.SendAsync(Encoding.ASCII.GetBytes($"35=X\u000134={i:000}\u0001").AsMemory(), isText: false).AsTask());
        }

        LineEnd end = await Deadline.Within(line.Completion);
        Assert.Equal(LineEndCause.EndOfStream, end.Cause);
        Assert.Equal(Enumerable.Range(1, Messages).Select(i => $"34={i:000}\u0001"), texts.Received.Select(text => text[text.IndexOf("34=", StringComparison.Ordinal)..][..7]));
        Assert.True(await Deadline.Within(serving) > 0);
        Assert.Contains("venue.test", Encoding.Latin1.GetString(proxy.Asked.ToArray()), StringComparison.Ordinal);
    }

    /// <summary>A feed that speaks first: its bytes can be in the same segment as the proxy's answer.</summary>
    [Theory]
    [InlineData("http", "length", ReceiveMode.Async)]
    [InlineData("http", "fix", ReceiveMode.Thread)]
    [InlineData("socks", "delimited", ReceiveMode.Async)]
    [InlineData("socks", "varint", ReceiveMode.Thread)]
    public async Task A_message_glued_to_the_proxys_answer_is_the_first(string kind, string framing, ReceiveMode mode)
    {
        using TcpListener venue = Loopback.Listen();
        Task<Socket> accepting = venue.AcceptSocketAsync();
        string glued = Encoding.Latin1.GetString(RawFramings.Frame(framing, 1));
        using ScriptedProxy proxy = kind == "http" ? ScriptedProxy.HttpTo(venue.Port(), glued: glued) : ScriptedProxy.SocksTo(venue.Port(), glued: glued);
        var texts = new Texts();
        await using MessageLine line = await ConnectAsync(proxy, kind, "tcp://venue.test:4433", framing, mode, texts);

        await Deadline.UntilAsync(() => !texts.Received.IsEmpty, "the glued message");
        using Socket peer = await Deadline.Within(accepting);
        peer.Shutdown(SocketShutdown.Send);
        Assert.Equal(LineEndCause.EndOfStream, (await Deadline.Within(line.Completion)).Cause);
        Assert.Contains("34=1\u0001", Assert.Single(texts.Received), StringComparison.Ordinal);
    }

    private static Task<MessageLine> ConnectAsync(ScriptedProxy proxy, string kind, string url, string framing, ReceiveMode mode, Texts texts)
    {
        var options = new LineOptions
        {
            Framing = RawFramings.Framing(framing),
            ReceiveMode = mode,
            Reconnect = null,
            Transport = new SocketTransportFactory(new SocketTransportOptions
            {
                Proxy = kind switch
                {
                    "http" => new ProxyOptions(proxy.Http, "Aladdin", "open sesame"),
                    "socks" => new ProxyOptions(proxy.Socks),
                    _ => new ProxyOptions(proxy.Socks, "Aladdin", "open sesame"),
                },
                Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true },
            }),
        };
        return Deadline.Within(MessageLine.ConnectAsync(Endpoint.Parse(url), texts, options));
    }

    /// <summary>Sends back what comes, until that is so many messages, and closes.</summary>
    private static async Task<int> EchoAsync(TcpListener venue, bool tls, int most)
    {
        using Socket socket = await venue.AcceptSocketAsync();
        var plain = new NetworkStream(socket);
        await using Stream stream = tls ? new SslStream(plain) : plain;
        if (stream is SslStream secure)
        {
            await secure.AuthenticateAsServerAsync(TestCertificates.Localhost);
        }

        byte[] buffer = new byte[4096];
        int echoed = 0;
        while (echoed < most && await stream.ReadAsync(buffer) is > 0 and int count)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count));
            echoed += count;
        }

        // A TLS stream says goodbye too; nothing is left unread that would make a reset of it.
        if (stream is SslStream ending)
        {
            await ending.ShutdownAsync();
        }

        socket.Shutdown(SocketShutdown.Send);
        return echoed;
    }

    private sealed class Texts : IMessageHandler
    {
        public ConcurrentQueue<string> Received { get; } = new();

        public void OnMessage(in Message message) => Received.Enqueue(Encoding.Latin1.GetString(message.Payload));
    }
}
