using System;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace PerfConn.Lab.Server;

/// <summary>
/// Book tickers of 110 bytes whose update id says when they were sent: <see cref="Base"/> plus the system's monotonic clock in nanoseconds, which is the same
/// in every process. The id always has 16 digits, so that the frame never changes its length.
/// </summary>
internal sealed class StampedFrames
{
    /// <summary>What is added to the clock.</summary>
    public const long Base = 4_000_000_000_000_000;

    /// <summary>The whole frame: two bytes of header, 110 of payload.</summary>
    public const int FrameSize = 112;

    /// <summary>The stream of the first symbol.</summary>
    public const string FirstStream = "s0000usdt@bookTicker";

    private const int HeaderSize = 2;
    private const int StampAt = 5;
    private const int StampDigits = 16;
    private const int Symbols = 256;

    private readonly byte[][] _frames = new byte[Symbols][];
    private int _next;

    public StampedFrames()
    {
        for (int i = 0; i < Symbols; i++)
        {
            string body = string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"u\":{Base},\"s\":\"S{i:D4}USDT\",\"b\":\"25.{i:D4}0000\",\"B\":\"31.21000000\",\"a\":\"25.{i + 7:D4}0000\",\"A\":\"40.66000000\"}}");
            _frames[i] = [0x81, (byte)body.Length, .. Encoding.ASCII.GetBytes(body)];
            Debug.Assert(_frames[i].Length == FrameSize, "the readers that look for nothing count on it");
        }
    }

    /// <summary>The next frame, stamped now.</summary>
    public ReadOnlySpan<byte> Next()
    {
        byte[] frame = _frames[_next];
        _next = (_next + 1) % Symbols;
        Utf8Formatter.TryFormat(Base + Stopwatch.GetTimestamp(), frame.AsSpan(HeaderSize + StampAt), out _);
        return frame;
    }

    /// <summary>The first symbol's frame with another moment's stamp.</summary>
    public ReadOnlySpan<byte> Stamped(long timestamp)
    {
        Utf8Formatter.TryFormat(Base + timestamp, _frames[0].AsSpan(HeaderSize + StampAt), out _);
        return _frames[0];
    }

    /// <summary>When a payload was sent, on this process's <see cref="Stopwatch"/>.</summary>
    public static long SentAt(ReadOnlySpan<byte> payload)
    {
        long value = 0;
        foreach (byte digit in payload.Slice(StampAt, StampDigits))
        {
            value = (value * 10) + (digit - '0');
        }

        return value - Base;
    }
}
