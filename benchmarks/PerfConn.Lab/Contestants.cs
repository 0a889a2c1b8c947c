using System;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Dispatch;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using PerfConn.Transport.WebSockets;
using PerfConn.Venues.Binance;

namespace PerfConn.Lab;

/// <summary>Those who read the same frames from the same server. Each gives the messages it has counted within the time.</summary>
internal static class Contestants
{
    private const int BufferSize = 64 * 1024;

    /// <summary>The ceiling: a blocking loop that looks at no byte.</summary>
    public static Task<long> CountBytes(LabServer server, TimeSpan time) => Task.Factory.StartNew(
        () =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(server.Address.Host, server.Address.Port);
            socket.Send("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8);
            byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
            long start = TimeProvider.System.GetTimestamp();
            long bytes = 0;
            while (TimeProvider.System.GetElapsedTime(start) < time)
            {
                bytes += socket.Receive(buffer);
            }

            return (long)(bytes / server.WireBytesPerMessage);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>A blocking loop around PerfConn's parser, protocol, symbol map and handler: what a line can reach without its life around it.</summary>
    public static Task<long> BareParse(LabServer server, TimeSpan time) => Task.Factory.StartNew(
        () =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(server.Address.Host, server.Address.Port);
            socket.Send("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8);
            byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
            int end = socket.Receive(buffer);
            int begin = buffer.AsSpan(0, end).IndexOf("\r\n\r\n"u8) + 4;
            return Stages.ParseFrom(socket, buffer, begin, end, time);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>The framework's client with a 64 KB buffer, counting messages and decoding nothing.</summary>
    public static Task<long> ClientWebSocket(LabServer server, TimeSpan time) => CountMessages(server, time, deflate: null);

    /// <summary>The same, inflating.</summary>
    public static Task<long> ClientWebSocketDeflate(LabServer server, TimeSpan time, bool keepsContext) =>
        CountMessages(server, time, new WebSocketDeflateOptions { ServerContextTakeover = keepsContext });

    /// <summary>PerfConn with its defaults, inflating.</summary>
    public static Task<long> PerfConnDeflate(LabServer server, TimeSpan time, bool keepsContext, ReceiveMode mode) =>
        Run(server, time, new LineOptions { ReceiveMode = mode, Framing = new WebSocketFraming { Deflate = new DeflateOptions { ServerContextTakeover = keepsContext } } });

    /// <summary>A blocking loop over TLS that looks at no byte.</summary>
    public static Task<long> CountTlsBytes(LabServer server, TimeSpan time) => Task.Factory.StartNew(
        () =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(server.Address.Host, server.Address.Port);
            using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
            stream.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => true });
            stream.Write("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8);
            byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
            long start = TimeProvider.System.GetTimestamp();
            long bytes = 0;
            while (TimeProvider.System.GetElapsedTime(start) < time)
            {
                bytes += stream.Read(buffer);
            }

            return (long)(bytes / server.WireBytesPerMessage);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>PerfConn over TLS with its defaults, but for the certificate that nobody knows.</summary>
    public static Task<long> PerfConnTls(LabServer server, TimeSpan time, ReceiveMode mode) => Run(server, time, new LineOptions
    {
        ReceiveMode = mode,
        Transport = new SocketTransportFactory(new SocketTransportOptions { Tls = new TlsOptions { DangerouslyAcceptAnyCertificate = true } }),
    });

    private static async Task<long> CountMessages(LabServer server, TimeSpan time, WebSocketDeflateOptions? deflate)
    {
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        socket.Options.DangerousDeflateOptions = deflate;
        await socket.ConnectAsync(server.Address, CancellationToken.None).ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        long start = TimeProvider.System.GetTimestamp();
        long messages = 0;
        while ((messages & 1023) != 0 || TimeProvider.System.GetElapsedTime(start) < time)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            messages += result.EndOfMessage ? 1 : 0;
        }

        socket.Abort();
        return messages;
    }

    /// <summary>PerfConn with its defaults: text validated, symbol found, a struct handler called inline.</summary>
    public static Task<long> PerfConnSocket(LabServer server, TimeSpan time) => Run(server, time, new LineOptions());

    /// <summary>The same on a thread of its own.</summary>
    public static Task<long> PerfConnThread(LabServer server, TimeSpan time) => Run(server, time, new LineOptions { ReceiveMode = ReceiveMode.Thread });

    /// <summary>PerfConn over the framework's client.</summary>
    public static Task<long> PerfConnClientWebSocket(LabServer server, TimeSpan time) =>
        Run(server, time, new LineOptions { Transport = new ClientWebSocketTransportFactory() });

    /// <summary>As PerfConn, and all four decimals and the update id of each tick decoded.</summary>
    public static Task<long> PerfConnDecoding(LabServer server, TimeSpan time) => RunWith(server, time, new LineOptions(), default(Decode));

    /// <summary>All decoded, on a thread of its own.</summary>
    public static Task<long> PerfConnThreadDecoding(LabServer server, TimeSpan time) =>
        RunWith(server, time, new LineOptions { ReceiveMode = ReceiveMode.Thread }, default(Decode));

    private static Task<long> Run(LabServer server, TimeSpan time, LineOptions options) => RunWith(server, time, options, default(Count));

    private static async Task<long> RunWith<THandler>(LabServer server, TimeSpan time, LineOptions options, THandler handler)
        where THandler : struct, ITickHandler
    {
        Line line = await Line.ConnectAsync(
            BinanceVenue.Spot.At(server.Address.AbsoluteUri), handler, options with { Reconnect = null, CloseTimeout = TimeSpan.FromMilliseconds(1) })
            .ConfigureAwait(false);
        await using (line.ConfigureAwait(false))
        {
            long before = line.Statistics.Ticks;
            long start = TimeProvider.System.GetTimestamp();
            await Task.Delay(time, TimeProvider.System).ConfigureAwait(false);
            long ticks = line.Statistics.Ticks - before;
            return (long)(ticks * (time / TimeProvider.System.GetElapsedTime(start)));
        }
    }

    private readonly struct Count : ITickHandler
    {
        public void OnTick(in Tick tick)
        {
        }

        public void OnGap(in Gap gap)
        {
        }
    }

    private struct Decode : ITickHandler
    {
        private long _sum;

        public void OnTick(in Tick tick)
        {
            if (BookTicker.TryRead(in tick, out BookTicker book))
            {
                _sum += book.UpdateId + book.BidPrice.Mantissa + book.BidQuantity.Mantissa + book.AskPrice.Mantissa + book.AskQuantity.Mantissa;
            }
        }

        public void OnGap(in Gap gap) => _sum = 0;
    }
}
