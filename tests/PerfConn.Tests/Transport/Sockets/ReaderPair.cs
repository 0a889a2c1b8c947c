using System;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Tasks;
using PerfConn.Buffers;
using PerfConn.Transport.Sockets;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>A reader on one end of a real connection, plain or TLS, and the peer's stream on the other.</summary>
internal sealed class ReaderPair : IDisposable
{
    private readonly Stream _clientStream;

    private ReaderPair(Socket client, Stream clientStream, BlockPipeReader reader, Socket server, Stream peer, BlockPool pool)
    {
        Client = client;
        _clientStream = clientStream;
        Reader = reader;
        Server = server;
        Peer = peer;
        Pool = pool;
    }

    public BlockPipeReader Reader { get; }

    public Socket Client { get; }

    public Socket Server { get; }

    public Stream Peer { get; }

    public BlockPool Pool { get; }

    public static async Task<ReaderPair> CreateAsync(bool tls, int blockSize = 4096)
    {
        var address = new Uri(tls ? "wss://venue.test/" : "ws://venue.test/");
        var pool = new BlockPool(blockSize);
        (Socket client, Socket server) = await Loopback.ConnectAsync();
        var clientStream = new NetworkStream(client, ownsSocket: true);
        var serverStream = new NetworkStream(server, ownsSocket: true);
        if (!tls)
        {
            client.Blocking = false;
            return new ReaderPair(client, clientStream, new SocketPipeReader(client, address, pool), server, serverStream, pool);
        }

        var clientTls = new SslStream(clientStream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        var serverTls = new SslStream(serverStream);
        await Task.WhenAll(
            clientTls.AuthenticateAsClientAsync("localhost"), serverTls.AuthenticateAsServerAsync(TestCertificates.Localhost));
        return new ReaderPair(client, clientTls, new StreamPipeReader(clientTls, address, pool), server, serverTls, pool);
    }

    public void Dispose()
    {
        Reader.Complete();
        Client.Dispose();
        Server.Dispose();
        _clientStream.Dispose();
        Peer.Dispose();
    }
}
