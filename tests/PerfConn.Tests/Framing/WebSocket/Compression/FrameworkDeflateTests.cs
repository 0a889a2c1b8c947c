using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.WebSockets;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Tests.Transport;
using PerfConn.Transport.InMemory;
using Xunit;

namespace PerfConn.Tests.Framing.WebSocket.Compression;

/// <summary>The framework's WebSocket as the server, with every window it knows and every combination of contexts, both ways.</summary>
public sealed class FrameworkDeflateTests
{
    public static TheoryData<int, int, bool, bool> Terms()
    {
        var data = new TheoryData<int, int, bool, bool>();
        foreach (int bits in Enumerable.Range(9, 7))
        {
            data.Add(bits, 24 - bits, true, true);
            data.Add(bits, bits, bits % 2 == 0, bits % 2 != 0);
            data.Add(bits, bits, false, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Terms))]
    public async Task Messages_make_the_round(int serverBits, int clientBits, bool serverTakeover, bool clientTakeover)
    {
        (InMemoryTransport client, InMemoryTransport server) = InMemoryTransport.CreatePair();
        await using InMemoryTransport closing = client;
        using var socket = System.Net.WebSockets.WebSocket.CreateFromStream(new TransportStream(server), new WebSocketCreationOptions
        {
            IsServer = true,
            DangerousDeflateOptions = new WebSocketDeflateOptions
            {
                ServerMaxWindowBits = serverBits,
                ClientMaxWindowBits = clientBits,
                ServerContextTakeover = serverTakeover,
                ClientContextTakeover = clientTakeover,
            },
        });
        Task echoing = AspNetServer.EchoAsync(socket, Deadline.Token);
        using var deflater = new MessageDeflater(clientTakeover, clientBits, minimumSize: 1);
        var sender = Sending.Over(client, new WebSocketFrameEncoder(new MaskKeys(), deflater));
        var reading = new TransportReading<WebSocketFrameParser<ClientRole>>(
            client, new(FrameLimits.Default, new MessageInflater(serverTakeover, serverBits, FrameLimits.Default)));
        var random = new SplitMix((ulong)((serverBits * 100) + clientBits));
        var expected = new List<string>();
        for (int i = 0; i < 30; i++)
        {
            int length = random.Below(random.Pick(10, 300, 3000, 40_000));
            byte[] payload = i % 2 == 0 ? Wire.MixedText(length) : [.. Wire.Bytes(length).Select(b => (byte)(b ^ random.Below(4)))];
            expected.Add(RecordingSink.Message(payload, i % 2 == 0));
            Task sent = sender.SendAsync(i % 2 == 0 ? Wire.Text : Wire.Binary, payload).AsTask();
            Assert.Equal(expected[^1], (await reading.UntilAsync(i + 1))[^1]);
            await Deadline.Within(sent);
        }

        await sender.SendAsync(Wire.Close, Wire.CloseFrame(1000).AsSpan(2)).Within();
        Assert.Equal(RecordingSink.Control(ControlFrame.Close, [3, 232]), (await reading.UntilAsync(31))[^1]);
        await Deadline.Within(echoing);
        await client.Input.CompleteAsync();
    }
}
