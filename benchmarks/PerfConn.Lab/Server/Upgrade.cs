using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Lab.Server;

/// <summary>The server's side of an opening handshake: it says yes to everybody.</summary>
internal static class Upgrade
{
    /// <summary>Answers, and gives the segments of the path.</summary>
    public static string[] Accept(Stream stream)
    {
        string request = ReadHead(stream);
        string[] path = request[..request.IndexOf('\r', StringComparison.Ordinal)].Split(' ')[1].Trim('/').Split('/');
        int at = request.IndexOf("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase) + "Sec-WebSocket-Key:".Length;
        string key = request[at..request.IndexOf('\r', at)].Trim();
        string extension = path.ElementAtOrDefault(1) switch
        {
            "deflate" => "Sec-WebSocket-Extensions: permessage-deflate\r\n",
            "deflate-fresh" => "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n",
            _ => "",
        };
        stream.Write(Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + ClientHandshake.AcceptFor(key) + "\r\n" + extension + "\r\n"));
        return path;
    }

    private static string ReadHead(Stream peer)
    {
        byte[] buffer = new byte[8 * 1024];
        int length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int read = peer.Read(buffer.AsSpan(length));
            if (read == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            length += read;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
