using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.WebSockets;
using System.Text;
using System.Text.Unicode;
using System.Threading;
using System.Threading.Tasks;
using Socket = System.Net.WebSockets.WebSocket;

namespace PerfConn.Tests.Framing.WebSocket;

/// <summary>What the framework's WebSocket client makes of a script.</summary>
/// <param name="Events">The messages, and the close.</param>
/// <param name="Ending">How it ended: <c>closed</c>, <c>refused</c>, or <c>starved</c> when it wanted more bytes.</param>
internal sealed record FrameworkReading(List<string> Events, string Ending)
{
    /// <summary>The first text message that it delivered though it is not UTF-8, by its place among the events; -1 when there is none.</summary>
    public int FirstInvalidText { get; private init; } = -1;

    public static async Task<FrameworkReading> ReadAsync(byte[] script, SplitMix random)
    {
        using var stream = new ScriptStream(script, random);
        using var socket = Socket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var events = new List<string>();
        int firstInvalid = -1;
        var message = new MemoryStream();
        var buffer = new byte[random.Pick(16, 1000, 100_000)];
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    events.Add(Closed((int)socket.CloseStatus!.Value, socket.CloseStatusDescription ?? ""));
                    return new FrameworkReading(events, "closed") { FirstInvalidText = firstInvalid };
                }

                message.Write(buffer, 0, result.Count);
                if (result.EndOfMessage)
                {
                    bool isText = result.MessageType == WebSocketMessageType.Text;
                    if (isText && firstInvalid < 0 && !Utf8.IsValid(message.ToArray()))
                    {
                        firstInvalid = events.Count;
                    }

                    events.Add(RecordingSink.Message(message.ToArray(), isText));
                    message.SetLength(0);
                }
            }
        }
        catch (WebSocketException e)
        {
            return new FrameworkReading(events, e.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely ? "starved" : "refused")
            {
                FirstInvalidText = firstInvalid,
            };
        }
    }

    public static string Closed(int code, string reason) => $"closed {code} {Convert.ToHexString(Encoding.UTF8.GetBytes(reason))}";

    public bool SaysTheSameAs(FrameworkReading other) => Ending == other.Ending && Events.SequenceEqual(other.Events, StringComparer.Ordinal);

    public override string ToString() => $"{string.Join('\n', Events)}\n{Ending}";
}
