using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>Real TCP connections inside this machine.</summary>
internal static class Loopback
{
    /// <summary>A listener on a free port of the loopback address.</summary>
    public static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    public static int Port(this TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The two ends of a connection.</summary>
    public static async Task<(Socket Client, Socket Server)> ConnectAsync()
    {
        using TcpListener listener = Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndpoint);
        Socket server = await listener.AcceptSocketAsync();
        server.NoDelay = true;
        return (client, server);
    }

    /// <summary>Closes a socket in the rude way: the peer sees a reset.</summary>
    public static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }
}
