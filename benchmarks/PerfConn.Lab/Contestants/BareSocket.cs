using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace PerfConn.Lab.Contestants;

/// <summary>A socket that has said what a WebSocket client says, and then is on its own.</summary>
internal static class BareSocket
{
    /// <summary>Connects, and reads the server's answer and nothing behind it.</summary>
    public static (Socket Socket, Stream Stream) Open(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Parse(url.Host), url.Port);
        Stream stream = new NetworkStream(socket);
        if (url.Scheme == "wss")
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: false);
            tls.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => true });
            stream = tls;
        }

        stream.Write(Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        int ends = 0;
        while (ends < 4)
        {
            ends = stream.ReadByte() is '\r' or '\n' ? ends + 1 : 0;
        }

        return (socket, stream);
    }

    public static void RunOnThread(Action work) => new Thread(() => work()) { IsBackground = true, Name = "bare" }.Start();
}
