using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using PerfConn.Buffers;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using PerfConn.Transport.WebSockets;
using Xunit;
using Endpoint = PerfConn.Transport.Endpoint;
using Record = PerfConn.Transport.MessageRecord;

namespace PerfConn.Tests.Transport.WebSockets;

/// <summary>Each option of the framework's client reaches it.</summary>
public class ClientWebSocketOptionsTests
{
    [Fact]
    public async Task HTTP_2_carries_the_line_when_asked()
    {
        string? protocol = null;
        await using AspNetServer server = await AspNetServer.StartHttpAsync(
            async context =>
            {
                protocol = context.Request.Protocol;
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                await AspNetServer.EchoAsync(socket, context.RequestAborted);
            },
            tls: true,
            HttpProtocols.Http2);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using var invoker = new HttpMessageInvoker(handler);
        await using ITransport transport = await ConnectAsync(server.Url, new()
        {
            HttpVersion = HttpVersion.Version20,
            HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Invoker = invoker,
        });
        Assert.Equal("HTTP/2", protocol);
        Assert.Equal("over two", await EchoAsync(transport, "over two"));
    }

    [Fact]
    public async Task A_proxy_is_asked_to_connect_and_none_is_taken_from_the_environment()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        Task<string> asked = FirstLineAsync(proxy);
        var options = new ClientWebSocketTransportOptions { Proxy = new WebProxy("127.0.0.1", ((IPEndPoint)proxy.LocalEndpoint).Port) };
        await Assert.ThrowsAnyAsync<ConnectionException>(() => ConnectAsync("ws://venue.test:8080/", options));
        Assert.Equal("CONNECT venue.test:8080 HTTP/1.1", await Deadline.Within(asked));
    }

    [Fact]
    public async Task Compression_is_offered_when_asked_and_not_otherwise()
    {
        string? offered = null;
        await using AspNetServer server = await AspNetServer.StartHttpAsync(async context =>
        {
            offered = context.Request.Headers.SecWebSocketExtensions;
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });
            await AspNetServer.EchoAsync(socket, context.RequestAborted);
        });
        await using (ITransport plain = await ConnectAsync(server.Url, new()))
        {
            Assert.Equal("plain", await EchoAsync(plain, "plain"));
            Assert.Null(offered);
        }

        await using ITransport compressed = await ConnectAsync(server.Url, new() { Deflate = new WebSocketDeflateOptions() });
        Assert.Equal("small", await EchoAsync(compressed, "small"));
        Assert.Contains("permessage-deflate", offered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_info_goes_as_basic_authentication()
    {
        string? authorization = null;
        await using AspNetServer server = await AspNetServer.StartHttpAsync(async context =>
        {
            authorization = context.Request.Headers.Authorization;
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        });
        await using ITransport transport = await ConnectAsync(server.Url.Replace("://", "://user:word@", StringComparison.Ordinal), new());
        Assert.Equal("Basic " + Convert.ToBase64String("user:word"u8), authorization);
    }

    [Fact]
    public async Task A_peer_that_answers_no_ping_is_given_up()
    {
        // The server reads nothing, so it sees no ping and sends no pong; its kernel answers for it.
        await using AspNetServer server = await AspNetServer.StartAsync(static (_, token) => Task.Delay(Timeout.Infinite, token));
        await using ITransport transport = await ConnectAsync(
            server.Url, new() { KeepAliveInterval = TimeSpan.FromMilliseconds(20), KeepAliveTimeout = TimeSpan.FromMilliseconds(50) });
        await Assert.ThrowsAsync<NetworkException>(() => Deadline.Within(transport.Input.ReadAsync().AsTask()));
        await transport.Input.CompleteAsync();
    }

    [Fact]
    public async Task A_cancelled_read_leaves_the_connection_and_the_next_message_whole()
    {
        await using AspNetServer server = await AspNetServer.StartAsync(AspNetServer.EchoAsync);
        await using ITransport transport = await ConnectAsync(server.Url, new());
        for (int round = 0; round < 3; round++)
        {
            using var cancel = new CancellationTokenSource();
            Task<ReadResult> reading = transport.Input.ReadAsync(cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(reading));

            Task<ReadResult> woken = transport.Input.ReadAsync().AsTask();
            transport.Input.CancelPendingRead();
            ReadResult result = await Deadline.Within(woken);
            Assert.True(result.IsCanceled);
            transport.Input.AdvanceTo(result.Buffer.End);
            Assert.Equal("round " + round, await EchoAsync(transport, "round " + round));
        }
    }

    [Fact]
    public async Task Many_messages_come_in_one_read_and_no_block_stays_rented()
    {
        const int Count = 1000;
        var pool = new BlockPool(64 * 1024);
        await using (AspNetServer server = await AspNetServer.StartAsync(async (socket, token) =>
        {
            for (int i = 0; i < Count; i++)
            {
                await socket.SendAsync("tick"u8.ToArray(), WebSocketMessageType.Text, true, token);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", token);
        }))
        {
            await using ITransport transport = await ConnectAsync(server.Url, new() { Pool = pool });
            long bytes = 0;
            int most = 0;
            while (true)
            {
                ReadResult read = await Deadline.Within(transport.Input.ReadAsync().AsTask());
                bytes += read.Buffer.Length;
                most = Math.Max(most, (int)read.Buffer.Length);
                transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            Assert.Equal((Count * (Record.HeaderSize + 4)) + Record.HeaderSize + 2, bytes);
            Assert.InRange(most, 2 * (Record.HeaderSize + 4), int.MaxValue);
            await transport.Input.CompleteAsync();
        }

        Assert.Equal(0, pool.Outstanding);
    }

    private static async Task<string> EchoAsync(ITransport transport, string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        byte[] record = new byte[Record.HeaderSize + payload.Length];
        new Record(payload.Length, Record.Text, EndOfMessage: true).WriteTo(record);
        payload.CopyTo(record, Record.HeaderSize);
        await transport.Output.WriteAsync(record);
        ReadResult read = await Deadline.Within(transport.Input.ReadAsync().AsTask());
        string echo = Encoding.UTF8.GetString(read.Buffer.FirstSpan[Record.HeaderSize..]);
        transport.Input.AdvanceTo(read.Buffer.End);
        return echo;
    }

    private static async Task<string> FirstLineAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(client.GetStream());
        string first = await reader.ReadLineAsync() ?? "";
        await client.GetStream().WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
            // What is left of the request: closing over unread bytes would reset the answer away.
        }

        return first;
    }

    private static Task<ITransport> ConnectAsync(string url, ClientWebSocketTransportOptions options) =>
        Deadline.Within(new ClientWebSocketTransportFactory(options).ConnectAsync(Endpoint.Parse(url), Deadline.Token).AsTask());
}
