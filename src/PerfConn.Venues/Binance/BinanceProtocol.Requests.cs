using System;
using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace PerfConn.Venues.Binance;

/// <content>Writing requests: <c>{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}</c>.</content>
public partial record struct BinanceProtocol
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No stream, or one that <see cref="TryParseStream"/> refuses. Nothing has been written then.</exception>
    public static void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) =>
        WriteRequest(output, "SUBSCRIBE"u8, requestId, streams);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No stream, or one that <see cref="TryParseStream"/> refuses. Nothing has been written then.</exception>
    public static void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams) =>
        WriteRequest(output, "UNSUBSCRIBE"u8, requestId, streams);

    /// <inheritdoc/>
    public static void WriteListSubscriptions(IBufferWriter<byte> output, long requestId)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write("{\"method\":\"LIST_SUBSCRIPTIONS\""u8);
        WriteId(output, requestId);
    }

    private static void WriteRequest(IBufferWriter<byte> output, ReadOnlySpan<byte> method, long requestId, ReadOnlySpan<string> streams)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfZero(streams.Length, nameof(streams));

        // All checked before the first byte goes out: half a request in the buffer would spoil the line.
        foreach (string stream in streams)
        {
            if (!BinanceStreamName.IsStream(stream, out _, out _, out string error))
            {
                throw new ArgumentException(error, nameof(streams));
            }
        }

        output.Write("{\"method\":\""u8);
        output.Write(method);
        output.Write("\",\"params\":["u8);
        for (int i = 0; i < streams.Length; i++)
        {
            output.Write(i == 0 ? "\""u8 : ",\""u8);
            WriteStream(output, streams[i]);
            output.Write("\""u8);
        }

        output.Write("]"u8);
        WriteId(output, requestId);
    }

    /// <summary>The symbol in lower case, as the venue wants it; the type as it is (<c>bookTicker</c> has a capital).</summary>
    private static void WriteStream(IBufferWriter<byte> output, string stream)
    {
        Span<byte> target = output.GetSpan(stream.Length);
        int length = Encoding.ASCII.GetBytes(stream, target);
        Debug.Assert(length == stream.Length, "a checked stream name is ASCII");
        foreach (ref byte letter in target[..stream.IndexOf('@', StringComparison.Ordinal)])
        {
            letter = (uint)(letter - 'A') <= 'Z' - 'A' ? (byte)(letter | 0x20) : letter;
        }

        output.Advance(length);
    }

    private static void WriteId(IBufferWriter<byte> output, long requestId)
    {
        output.Write(",\"id\":"u8);
        Span<byte> digits = stackalloc byte[20];
        bool written = requestId.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
        Debug.Assert(written, "a long has at most 20 characters");
        output.Write(digits[..length]);
        output.Write("}"u8);
    }
}
