using System;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PerfConn.Transport.Sockets;

/// <summary>
/// Receiving by the kernel's own calls, for what <see cref="Socket"/> has no door to: one read that does not wait on a socket that otherwise blocks (recv(2),
/// <c>MSG_DONTWAIT</c>), and the time at which the kernel received what is read (recvmsg(2), socket(7) <c>SO_TIMESTAMPNS</c>). Linux on 64 bits only.
/// </summary>
internal static unsafe partial class NativeReceive
{
    /// <summary>What a read gives that would have to wait.</summary>
    public const int WouldBlock = -1;

    private const string Library = "libc";
    private const int DontWait = 0x40;
    private const int SolSocket = 1;
    private const int TimestampNanoseconds = 35;
    private const int TryAgain = 11;
    private const int Interrupted = 4;

    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Asks the kernel to keep the time of arrival.</summary>
    public static void EnableTimestamps(Socket socket) => socket.SetRawSocketOption(SolSocket, TimestampNanoseconds, BitConverter.GetBytes(1));

    /// <summary>Reads what is there. Allocates nothing unless it fails.</summary>
    /// <returns>The count, 0 at the end of the stream, or <see cref="WouldBlock"/>.</returns>
    /// <exception cref="SocketException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">The socket has been closed.</exception>
    public static int Receive(SafeSocketHandle socket, Span<byte> room, bool waits)
    {
        fixed (byte* start = room)
        {
            while (true)
            {
                nint count = Recv(socket, start, (nuint)room.Length, waits ? 0 : DontWait);
                if (count >= 0)
                {
                    return (int)count;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error == TryAgain && !waits)
                {
                    return WouldBlock;
                }

                ThrowUnlessInterrupted(error);
            }
        }
    }

    /// <summary>The same, with the kernel's time of the newest segment among what was read.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="room">Where to.</param>
    /// <param name="waits">Whether to block until there is something.</param>
    /// <param name="arrived">Nanoseconds since 1970 by the wall clock; 0 when the kernel told none.</param>
    public static int Receive(SafeSocketHandle socket, Span<byte> room, bool waits, out long arrived)
    {
        arrived = 0;
        ControlBuffer control = default;
        fixed (byte* start = room)
        {
            var vector = new IoVector { Base = start, Length = (nuint)room.Length };
            while (true)
            {
                var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = (nuint)sizeof(ControlBuffer) };
                nint count = RecvMsg(socket, &message, waits ? 0 : DontWait);
                if (count >= 0)
                {
                    bool isTime = message.ControlLength >= (nuint)sizeof(ControlBuffer)
                        && control.Level == SolSocket && control.Type == TimestampNanoseconds;
                    arrived = isTime ? (control.Seconds * 1_000_000_000) + control.Nanoseconds : 0;
                    return (int)count;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error == TryAgain && !waits)
                {
                    return WouldBlock;
                }

                ThrowUnlessInterrupted(error);
            }
        }
    }

    /// <summary>A signal is no failure. The rest is told as <see cref="Socket"/> would tell it.</summary>
    private static void ThrowUnlessInterrupted(int error)
    {
        if (error != Interrupted)
        {
            throw error switch
            {
                9 => new ObjectDisposedException(nameof(Socket)),
                104 => new SocketException((int)SocketError.ConnectionReset),
                103 => new SocketException((int)SocketError.ConnectionAborted),
                110 => new SocketException((int)SocketError.TimedOut),
                113 => new SocketException((int)SocketError.HostUnreachable),
                101 => new SocketException((int)SocketError.NetworkUnreachable),
                107 => new SocketException((int)SocketError.NotConnected),
                _ => new SocketException((int)SocketError.SocketError, Marshal.GetPInvokeErrorMessage(error)),
            };
        }
    }

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint RecvMsg(SafeSocketHandle socket, MessageHeader* message, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> on 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public nuint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>Room for one control message (<c>struct cmsghdr</c> and a <c>struct timespec</c>): nothing else has been asked for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ControlBuffer
    {
        public nuint Length;
        public int Level;
        public int Type;
        public long Seconds;
        public long Nanoseconds;
    }
}
