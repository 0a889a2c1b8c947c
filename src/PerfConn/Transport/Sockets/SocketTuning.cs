using System;
using System.Net;
using System.Net.Sockets;

namespace PerfConn.Transport.Sockets;

/// <summary>Opens sockets that are set as the options say.</summary>
internal static class SocketTuning
{
    private const int TcpLevel = 6;

    /// <summary><c>TCP_USER_TIMEOUT</c> in linux/tcp.h, in milliseconds (RFC 5482 section 3).</summary>
    private const int LinuxUserTimeout = 18;

    /// <summary>A socket for this target, not connected yet: buffer sizes and the window scale are agreed on while connecting.</summary>
    public static Socket Open(EndPoint target, SocketTransportOptions options)
    {
        bool isTcp = target.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
        var socket = new Socket(target.AddressFamily, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (isTcp)
            {
                SetTcp(socket, options);
            }

            if (options.ReceiveBufferSize is { } receive)
            {
                socket.ReceiveBufferSize = receive;
            }

            if (options.SendBufferSize is { } send)
            {
                socket.SendBufferSize = send;
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void SetTcp(Socket socket, SocketTransportOptions options)
    {
        socket.NoDelay = options.NoDelay;
        if (options.KeepAliveTime is { } idle)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, WholeSeconds(idle));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, WholeSeconds(options.KeepAliveInterval));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, options.KeepAliveCount);
        }

        if (options.UserTimeout is { } unacknowledged && OperatingSystem.IsLinux())
        {
            int milliseconds = (int)Math.Min(int.MaxValue, Math.Ceiling(unacknowledged.TotalMilliseconds));
            socket.SetRawSocketOption(TcpLevel, LinuxUserTimeout, BitConverter.GetBytes(milliseconds));
        }
    }

    /// <summary>The kernel counts keep-alive in whole seconds from 1.</summary>
    private static int WholeSeconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, short.MaxValue);
}
