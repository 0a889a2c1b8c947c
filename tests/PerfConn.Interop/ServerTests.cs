using System;
using System.Text;
using System.Threading.Tasks;
using PerfConn.Connections;
using PerfConn.Diagnostics;
using PerfConn.Transport;
using Xunit;

namespace PerfConn.Interop;

/// <summary>WebSocket servers that nobody here wrote: npm ws and Python's websockets, plain and compressed.</summary>
public class ServerTests
{
    public static TheoryData<Way, bool> Ways() => new()
    {
        { Way.Async, false },
        { Way.Async, true },
        { Way.Thread, false },
        { Way.Thread, true },
        { Way.ClientWebSocket, false },
        { Way.ClientWebSocket, true },
    };

    [PeerTheory("ws")]
    [MemberData(nameof(Ways))]
    public async Task Npm_ws(Way way, bool deflate)
    {
        await using Peer server = await Foreign.WsAsync(deflate);
        await AllAsync(server, way, deflate);
    }

    [PeerTheory("websockets")]
    [MemberData(nameof(Ways))]
    public async Task Python_websockets(Way way, bool deflate)
    {
        await using Peer server = await Foreign.WebsocketsAsync(deflate);
        await AllAsync(server, way, deflate);
    }

    private static async Task AllAsync(Peer server, Way way, bool deflate)
    {
        string origin = $"ws://127.0.0.1:{server.Port}";
        LineOptions options = Lines.Options(way, deflate);
        await Lines.EchoAsync(origin + "/echo", options);
        await Lines.EchoAsync(origin + "/fragments", options);
        Assert.Equal("pong are you there", await AskAsync(origin + "/ping", options));
        Assert.Equal(deflate ? "extensions permessage-deflate" : "extensions ", await AskAsync(origin + "/extensions", options));
        LineEnd closed = await EndAsync(origin + "/close", options);
        Assert.Equal((4001, "as asked"), (closed.CloseCode, closed.Reason));
        LineEnd cut = await EndAsync(origin + "/cut", options);
        Assert.Equal(1006, cut.CloseCode);
        Assert.NotNull(cut.Error);
    }

    private static async Task<string> AskAsync(string url, LineOptions options)
    {
        var received = new Messages();
        await using MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse(url), received, options));
        await Limit.WithinAsync(line.SendAsync("are you there"u8.ToArray().AsMemory(), isText: true).AsTask());
        (_, byte[] answer) = await received.NextAsync();
        return Encoding.UTF8.GetString(answer);
    }

    private static async Task<LineEnd> EndAsync(string url, LineOptions options)
    {
        await using MessageLine line = await Limit.WithinAsync(MessageLine.ConnectAsync(Endpoint.Parse(url), new Messages(), options));
        try
        {
            await Limit.WithinAsync(line.SendAsync("go"u8.ToArray().AsMemory(), isText: true).AsTask());
        }
        catch (ConnectionException)
        {
            // It got there, as its effect shows; the end may come before the word that it left.
        }

        return await Limit.WithinAsync(line.Completion);
    }
}
