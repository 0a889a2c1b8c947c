using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Connections;
using PerfConn.Framing.WebSocket;
using PerfConn.Transport;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>What a plain line holds on the managed heap while nothing happens on it, over a real socket: a process may have ten thousand of them.</summary>
[Collection(AloneCollection.Name)]
public sealed class IdleLineMemoryTests
{
    private const int Lines = 75;
    private const int Rounds = 4;

    /// <summary>
    /// 4,280 to 4,360 B measured: the line's own, 1.4 KB of the runtime's for its socket, and the peer's. For scale: a lock is 40, a timer 120, an async method that waits 150.
    /// </summary>
    private const double MostPerLine = 4_500;

    [Fact]
    public async Task An_idle_line_holds_little()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        var peers = new List<Socket>(Lines * (Rounds + 1));
        var serving = new Thread(() => Serve(listener, peers)) { IsBackground = true };
        serving.Start();
        var endpoint = Endpoint.Parse(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/"));
        var options = new LineOptions
        {
            Reconnect = null,
            CloseTimeout = TimeSpan.Zero,
            Transport = new SocketTransportFactory(new SocketTransportOptions { Pool = new BlockPool(4096) }),
        };
        var lines = new List<MessageLine>(Lines * (Rounds + 1));
        try
        {
            await ConnectAsync(lines, endpoint, options);

            // What else grows in the process meanwhile comes on top; the least of all rounds has the least of it.
            double least = double.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                long before = GC.GetTotalMemory(forceFullCollection: true);
                await ConnectAsync(lines, endpoint, options);
                least = Math.Min(least, (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Lines);
            }

            Assert.True(least <= MostPerLine, $"{least} B for each line");
        }
        finally
        {
            foreach (MessageLine line in lines)
            {
                await line.DisposeAsync();
            }

            peers.ForEach(static peer => peer.Dispose());
        }
    }

    private static async Task ConnectAsync(List<MessageLine> lines, Endpoint endpoint, LineOptions options)
    {
        for (int i = 0; i < Lines; i++)
        {
            lines.Add(await Deadline.Within(MessageLine.ConnectAsync(endpoint, default(Ignoring), options)));
        }
    }

    /// <summary>Answers handshakes one by one, by blocking calls, and says nothing more.</summary>
    private static void Serve(Socket listener, List<Socket> peers)
    {
        byte[] head = new byte[4096];
        try
        {
            while (true)
            {
                Socket peer = listener.Accept();
                peers.Add(peer);
                string request = Encoding.ASCII.GetString(head, 0, peer.Receive(head));
                int at = request.IndexOf("Sec-WebSocket-Key: ", StringComparison.Ordinal) + "Sec-WebSocket-Key: ".Length;
                string key = request[at..request.IndexOf('\r', at)];
                peer.Send(Encoding.ASCII.GetBytes(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + ClientHandshake.AcceptFor(key) + "\r\n\r\n"));
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private readonly struct Ignoring : IMessageHandler
    {
        public void OnMessage(in Message message)
        {
        }
    }
}
