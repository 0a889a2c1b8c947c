using System;
using System.Collections.Concurrent;
using System.IO;
using System.Threading.Tasks;
using PerfConn.Lab.Running;

namespace PerfConn.Lab.Server;

/// <summary>What the server does on a connection, until the peer goes.</summary>
internal static class Work
{
    private const int WriteSize = 256 * 1024;
    private const int ReadSize = 256 * 1024;

    private static readonly ConcurrentDictionary<string, RenderedShape> s_rendered = new(StringComparer.Ordinal);

    /// <summary>Sends as fast as the peer drains. What the peer sends is not read.</summary>
    public static void Blast(Stream stream, MessageShape shape)
    {
        RenderedShape rendered = s_rendered.GetOrAdd(shape.Name, static (_, s) => RenderedShape.Of(s), shape);
        byte[] wire = [.. rendered.Wire];
        for (int round = 0; ; round++)
        {
            rendered.Renumber(wire, round);
            for (int sent = 0; sent < wire.Length; sent += WriteSize)
            {
                stream.Write(wire.AsSpan(sent, Math.Min(WriteSize, wire.Length - sent)));
            }
        }
    }

    /// <summary>Sends at a steady rate, each message stamped and in a write of its own, from the machine's last core.</summary>
    public static void Paced(Stream stream, int perSecond)
    {
        Native.PinThread(Environment.ProcessorCount - 1);
        var frames = new StampedFrames();
        var pace = new Pace(perSecond);
        while (true)
        {
            pace.WaitNext();
            stream.Write(frames.Next());
        }
    }

    /// <summary>Reads and throws away.</summary>
    public static void Drain(Stream stream)
    {
        byte[] buffer = new byte[ReadSize];
        while (stream.Read(buffer) > 0)
        {
        }
    }

    /// <summary>Says nothing; notices when the peer goes.</summary>
    public static async Task IdleAsync(Stream stream)
    {
        byte[] buffer = new byte[16];
        using (stream)
        {
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        }
    }

    /// <summary>Sends every message back, all of one read in one write.</summary>
    public static void Echo(Stream stream)
    {
        const int MaskedHeader = 6;
        const int ShortestLong = 126;
        byte[] buffer = new byte[ReadSize];
        byte[] answer = new byte[ReadSize];
        int end = 0;
        while (stream.Read(buffer.AsSpan(end)) is var read and > 0)
        {
            end += read;
            int at = 0;
            int written = 0;
            while (end - at >= MaskedHeader)
            {
                int length = buffer[at + 1] & 0x7F;
                if (end - at < MaskedHeader + length)
                {
                    break;
                }

                int opcode = buffer[at] & 0x0F;
                if (opcode == 8 || length >= ShortestLong)
                {
                    return;
                }

                if (opcode <= 2)
                {
                    answer[written++] = buffer[at];
                    answer[written++] = (byte)length;
                    for (int i = 0; i < length; i++)
                    {
                        answer[written++] = (byte)(buffer[at + MaskedHeader + i] ^ buffer[at + 2 + (i & 3)]);
                    }
                }

                at += MaskedHeader + length;
            }

            stream.Write(answer.AsSpan(0, written));
            buffer.AsSpan(at, end - at).CopyTo(buffer);
            end -= at;
        }
    }
}
