using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace PerfConn.Lab.Server;

/// <summary>
/// A venue that resets every connection a moment after it was subscribed on, and serves the next at once. The one tick of a connection says in its update id when the connection
/// before it was reset. A connection that nobody subscribes on is left alone: it is somebody's spare one.
/// </summary>
internal static class Cutter
{
    private static readonly StampedFrames s_frames = new();
    private static readonly Lock s_lock = new();
    private static long s_lastCut = Stopwatch.GetTimestamp();

    /// <summary>Waits for a subscription, confirms it, sends its tick, and resets the connection after a while.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="stream">Over it.</param>
    /// <param name="life">Milliseconds from the tick to the reset.</param>
    public static void Run(Socket peer, Stream stream, int life)
    {
        using (peer)
        {
            if (ReadText(stream) is not { } request)
            {
                return;
            }

            int at = request.IndexOf("\"id\":", StringComparison.Ordinal) + "\"id\":".Length;
            ReadOnlySpan<char> id = request.AsSpan(at, request.AsSpan(at).IndexOfAnyExceptInRange('0', '9'));
            byte[] answer = Encoding.ASCII.GetBytes($"??{{\"result\":null,\"id\":{id}}}");
            answer[0] = 0x81;
            answer[1] = (byte)(answer.Length - 2);
            stream.Write(answer);
            lock (s_lock)
            {
                stream.Write(s_frames.Stamped(s_lastCut));
            }

            Thread.Sleep(life);

            // A close that may not linger is a reset.
            peer.LingerState = new LingerOption(enable: true, seconds: 0);
            lock (s_lock)
            {
                s_lastCut = Stopwatch.GetTimestamp();
                peer.Close();
            }
        }
    }

    /// <summary>The text of one masked frame of less than 64 KiB; null when the peer says something else, such as goodbye.</summary>
    private static string? ReadText(Stream stream)
    {
        Span<byte> head = stackalloc byte[8];
        stream.ReadExactly(head[..2]);
        if (head[0] != 0x81)
        {
            return null;
        }

        int length = head[1] & 0x7F;
        if (length == 126)
        {
            stream.ReadExactly(head[..2]);
            length = (head[0] << 8) | head[1];
        }

        Span<byte> mask = head[4..];
        stream.ReadExactly(mask);
        byte[] payload = new byte[length];
        stream.ReadExactly(payload);
        for (int i = 0; i < length; i++)
        {
            payload[i] ^= mask[i & 3];
        }

        return Encoding.UTF8.GetString(payload);
    }
}
