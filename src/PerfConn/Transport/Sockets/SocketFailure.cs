using System;
using System.Net.Sockets;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>Says what a socket error means, in words that name the thing at fault.</summary>
internal static class SocketFailure
{
    public static NetworkException WhileReading(Uri address, Exception cause) =>
        new(address, "the connection was lost: " + Describe(cause), cause);

    public static NetworkException WhileConnecting(Uri address, Exception cause) =>
        new(address, Describe(cause), cause);

    /// <summary>The error alone, without an address.</summary>
    public static string Describe(Exception cause) => (cause as SocketException ?? cause.InnerException as SocketException) is { } socket
        ? socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.ConnectionReset or SocketError.NotConnected => "connection reset by the peer",
            SocketError.ConnectionAborted or SocketError.OperationAborted or SocketError.Interrupted => "closed on this side",
            SocketError.HostNotFound or SocketError.NoData => "host name not found",
            SocketError.TryAgain => "host name could not be resolved for now",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "host unreachable",
            SocketError.WouldBlock => "its queue is full",
            SocketError.TimedOut => "the network timed out",
            SocketError.TooManyOpenSockets => "this process has no file descriptor left",
            SocketError code => $"socket error {code}",
        }
        : cause is ObjectDisposedException || cause.InnerException is ObjectDisposedException ? "closed on this side" : cause.Message;
}
