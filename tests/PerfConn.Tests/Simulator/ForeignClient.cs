using System;
using System.Collections.Generic;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using PerfConn.Simulator;
using Xunit;

namespace PerfConn.Tests.Simulator;

/// <summary>The framework's own client, which nobody here wrote, with a deadline on everything.</summary>
internal sealed class ForeignClient : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[512 * 1024];

    public ClientWebSocket Socket { get; } = new();

    /// <summary>What was wrong with the server's certificate.</summary>
    public SslPolicyErrors PolicyErrors { get; private set; }

    public static async Task<ForeignClient> ConnectAsync(BinanceSimulator simulator, string path)
    {
        var client = new ForeignClient();
        client.Socket.Options.CollectHttpResponseDetails = true;
        client.Socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            client.PolicyErrors = errors;
            return certificate!.GetCertHashString() == simulator.Certificate!.GetCertHashString();
        };
        await client.Socket.ConnectAsync(new Uri(simulator.Url, path), Deadline.Token);
        return client;
    }

    public Task SendAsync(string text) => Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Deadline.Token);

    /// <summary>The next message as it came; null when the server closed.</summary>
    public async Task<string?> NextTextAsync()
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await Socket.ReceiveAsync(_buffer.AsMemory(length), Deadline.Token);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }

    public async Task<JsonElement> NextAsync()
    {
        string? text = await NextTextAsync();
        Assert.NotNull(text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Skips ticks until an answer comes.</summary>
    public async Task<string> NextAnswerAsync()
    {
        while (true)
        {
            string? text = await NextTextAsync();
            Assert.NotNull(text);
            if (text.StartsWith("{\"result\"", StringComparison.Ordinal) || text.StartsWith("{\"error\"", StringComparison.Ordinal))
            {
                return text;
            }
        }
    }

    public async Task<string> AskAsync(string request)
    {
        await SendAsync(request);
        return await NextAnswerAsync();
    }

    /// <summary>Reads to the Close frame and answers it; gives the messages that came before.</summary>
    public async Task<List<string>> ExpectCloseAsync(int code, string reason)
    {
        var before = new List<string>();
        while (await NextTextAsync() is { } text)
        {
            before.Add(text);
        }

        Assert.Equal(code, (int?)Socket.CloseStatus);
        Assert.Equal(reason, Socket.CloseStatusDescription);
        await Socket.CloseOutputAsync(Socket.CloseStatus!.Value, null, Deadline.Token);
        return before;
    }

    /// <summary>Reads until the connection breaks without a Close frame.</summary>
    public async Task ExpectCutAsync()
    {
        WebSocketException e = await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (await NextTextAsync() is not null)
            {
            }
        });
        Assert.Equal(WebSocketError.ConnectionClosedPrematurely, e.WebSocketErrorCode);
    }

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return default;
    }
}
