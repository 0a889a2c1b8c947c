using System;
using System.Net;
using System.Net.Sockets;
using PerfConn.Transport.Sockets;
using Xunit;

namespace PerfConn.Tests.Transport.Sockets;

/// <summary>What the kernel says about a socket after the options were applied.</summary>
public sealed class SocketTuningTests
{
    private static readonly IPEndPoint s_target = new(IPAddress.Loopback, 1);

    [Fact]
    public void The_defaults_are_those_that_the_options_promise()
    {
        using Socket socket = SocketTuning.Open(s_target, new SocketTransportOptions());

        Assert.Equal((true, 15, 5, 3), KeepAliveOf(socket));
        Assert.Equal(30_000, UserTimeoutOf(socket));
        Assert.True(socket.NoDelay);
    }

    [Fact]
    public void Each_option_reaches_the_kernel()
    {
        using Socket socket = SocketTuning.Open(s_target, new SocketTransportOptions
        {
            NoDelay = false,
            KeepAliveTime = TimeSpan.FromSeconds(61.2),
            KeepAliveInterval = TimeSpan.FromMilliseconds(10),
            KeepAliveCount = 7,
            UserTimeout = TimeSpan.FromMilliseconds(1234),
        });

        Assert.Equal((true, 62, 1, 7), KeepAliveOf(socket));
        Assert.Equal(1234, UserTimeoutOf(socket));
        Assert.False(socket.NoDelay);
    }

    [Fact]
    public void What_is_switched_off_is_left_to_the_kernel()
    {
        using Socket socket = SocketTuning.Open(s_target, new SocketTransportOptions { KeepAliveTime = null, UserTimeout = null });

        Assert.False(KeepAliveOf(socket).On);
        Assert.Equal(0, UserTimeoutOf(socket));
    }

    [Fact]
    public void A_Unix_domain_socket_has_none_of_what_is_TCPs()
    {
        using Socket socket = SocketTuning.Open(new UnixDomainSocketEndPoint("/x"), new SocketTransportOptions { SendBufferSize = 11_000 });

        Assert.Equal(AddressFamily.Unix, socket.AddressFamily);
        Assert.InRange(socket.SendBufferSize, 11_000, 22_000);
    }

    private static (bool On, int Time, int Interval, int Count) KeepAliveOf(Socket socket) => (
        (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval)!,
        (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!);

    private static int UserTimeoutOf(Socket socket)
    {
        Span<byte> value = stackalloc byte[4];
        Assert.Equal(4, socket.GetRawSocketOption(6, 18, value));
        return BitConverter.ToInt32(value);
    }
}
