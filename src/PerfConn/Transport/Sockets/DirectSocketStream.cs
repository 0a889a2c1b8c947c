using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// A socket's stream whose reads go to the kernel directly: polling in place of waiting (<see cref="ReceiveMode.Spin"/>), with the kernel's time of arrival, or both. It
/// stands below TLS as it does below a plain line.
/// </summary>
/// <remarks>
/// The socket stays a natively blocking one, so that writes and the handshake block as they do for <see cref="ReceiveMode.Thread"/>. One reader at a time; a read
/// allocates nothing.
/// </remarks>
internal sealed class DirectSocketStream(Socket socket, IdleStrategy? idle, ArrivalClock? arrivals, TimeProvider time) : NetworkStream(socket, ownsSocket: true)
{
    private readonly SafeSocketHandle _handle = socket.SafeHandle;

    /// <summary>The kernel's times; null where nobody wants them.</summary>
    public ArrivalClock? Arrivals => arrivals;

    /// <summary>
    /// Whether reads poll, where an idle strategy is given. Not while a connection is opened or closed: there the peer may think for seconds.
    /// </summary>
    public bool Polls { get; set; }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Polls && idle is { } strategy ? Poll(buffer, strategy) : Receive(buffer, waits: true);
        }
        catch (SocketException e)
        {
            throw new IOException("the socket could not be read: " + e.Message, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>The framework's would copy each write to a rented array, because it cannot know whether a class derived from it overrides only the older method.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[Socket.Send(buffer, SocketFlags.None)..];
            }
        }
        catch (SocketException e)
        {
            throw new IOException("the socket could not be written: " + e.Message, e);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    private int Poll(Span<byte> buffer, IdleStrategy strategy)
    {
        int count = Receive(buffer, waits: false);
        if (count != NativeReceive.WouldBlock)
        {
            return count;
        }

        long start = strategy.ParkAfter is null ? 0 : time.GetTimestamp();
        for (int polls = 1; ; polls = Math.Max(1, polls + 1))
        {
            if (strategy.YieldAfter > 0 && polls >= strategy.YieldAfter)
            {
                Thread.Yield();
            }

            bool parks = strategy.ParkAfter is { } park && time.GetElapsedTime(start) >= park;
            count = Receive(buffer, parks);
            if (count != NativeReceive.WouldBlock)
            {
                return count;
            }
        }
    }

    private int Receive(Span<byte> buffer, bool waits)
    {
        if (arrivals is null)
        {
            return NativeReceive.Receive(_handle, buffer, waits);
        }

        int count = NativeReceive.Receive(_handle, buffer, waits, out long arrived);
        if (count > 0)
        {
            arrivals.Record(arrived);
        }

        return count;
    }
}
