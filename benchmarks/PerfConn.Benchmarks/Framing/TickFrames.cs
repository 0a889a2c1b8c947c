using System;
using System.Globalization;
using System.Text;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;

namespace PerfConn.Benchmarks.Framing;

/// <summary>Book tickers of about 110 bytes, as messages and as the frames of a server.</summary>
internal static class TickFrames
{
    public const int Count = 1000;

    public static byte[][] Messages()
    {
        byte[][] messages = new byte[Count][];
        for (int i = 0; i < Count; i++)
        {
            messages[i] = Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"u\":{61400900217L + i},\"s\":\"S{i:D5}USDT\",\"b\":\"6425.{i * 7 % 10000:D4}0000\",\"B\":\"31.21000000\",\"a\":\"6425.{i * 11 % 10000:D4}0000\",\"A\":\"40.66000000\"}}"));
        }

        return messages;
    }

    public static byte[] Frames(MessageDeflater? deflater)
    {
        var encoder = new WebSocketFrameEncoder(keys: null, deflater);
        byte[] output = new byte[Count * 256];
        int length = 0;
        foreach (byte[] message in Messages())
        {
            length += encoder.Encode(output.AsSpan(length), 1, message);
        }

        return output[..length];
    }
}
