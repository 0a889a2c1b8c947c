using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;

namespace PerfConn.Lab.Server;

/// <summary>
/// About a megabyte of frames of one shape, rendered once and sent again and again. Each time with other sequence numbers, for a client that looks at them would drop what comes
/// twice; inside compressed frames they cannot be changed.
/// </summary>
/// <param name="Wire">The frames as they go out.</param>
/// <param name="Frames">How many they are.</param>
/// <param name="PayloadBytes">Their payloads, before compression.</param>
/// <param name="Rounds">Where in them the five digits stand that say which time it is.</param>
internal sealed record RenderedShape(byte[] Wire, int Frames, long PayloadBytes, int[] Rounds)
{
    /// <summary>What the numbers of a book ticker begin with: then comes the round, then the frame's own four digits, so that they rise.</summary>
    private const string BookStart = "61";

    /// <summary>What the numbers of a depth update begin with; then comes the round, so that each of a symbol's updates follows on the one before.</summary>
    private const string DepthStart = "614009";

    private const string FirstRound = "00000";

    private const int Symbols = 3000;
    private const int MaxFrames = 8192;
    private const int TargetBytes = 1024 * 1024;

    public double WireBytesPerMessage => Wire.Length / (double)Frames;

    public double PayloadBytesPerMessage => PayloadBytes / (double)Frames;

    public static RenderedShape Of(MessageShape shape)
    {
        // The chunk begins with nothing behind it, so that it can be sent again and again in one context.
        using MessageDeflater? deflater = shape.Deflate == ShapeDeflate.None
            ? null
            : new MessageDeflater(shape.Deflate == ShapeDeflate.Kept, windowBits: 15, minimumSize: 1);
        var output = new ArrayBufferWriter<byte>();
        var encoder = new WebSocketFrameEncoder(keys: null, deflater);
        long payloadBytes = 0;
        int frames = 0;
        while (frames < MaxFrames && (shape.Levels == 0 || output.WrittenCount < TargetBytes))
        {
            byte[] payload = Encoding.ASCII.GetBytes(Body(shape, frames));
            Span<byte> frame = output.GetSpan(encoder.MaxSize(payload.Length));
            output.Advance(encoder.Encode(frame, 1, payload));
            payloadBytes += payload.Length;
            frames++;
        }

        byte[] wire = output.WrittenSpan.ToArray();
        return new RenderedShape(wire, frames, payloadBytes, shape.Deflate == ShapeDeflate.None ? RoundsOf(wire) : []);
    }

    /// <summary>Writes the number of this round into a copy of the frames.</summary>
    public void Renumber(byte[] wire, int round)
    {
        Span<byte> digits = stackalloc byte[FirstRound.Length];
        (round % 100_000).TryFormat(digits, out _, "D5", CultureInfo.InvariantCulture);
        uint high = BinaryPrimitives.ReadUInt32LittleEndian(digits);
        byte low = digits[4];
        foreach (int place in Rounds)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(wire.AsSpan(place), high);
            wire[place + 4] = low;
        }
    }

    private static int[] RoundsOf(byte[] wire)
    {
        var rounds = new List<int>();
        foreach (string start in (string[])[$"\"u\":{BookStart}{FirstRound}", $"\"u\":{DepthStart}{FirstRound}", $"\"U\":{DepthStart}{FirstRound}"])
        {
            byte[] sought = Encoding.ASCII.GetBytes(start);
            for (int at = 0; wire.AsSpan(at).IndexOf(sought) is var found and >= 0;)
            {
                at += found + sought.Length;
                rounds.Add(at - FirstRound.Length);
            }
        }

        return [.. rounds];
    }

    private static string Body(MessageShape shape, int i)
    {
        string symbol = Symbol(shape, i * 7 % Symbols);
        string body = shape.Levels > 0 ? Depth(symbol, i, shape.Levels) : shape.Mixed ? MixedBook(symbol, i) : Book(symbol, i);
        return shape.Combined ? $"{{\"stream\":\"{symbol.ToLowerInvariant()}@bookTicker\",\"data\":{body}}}" : body;
    }

    /// <summary>Ten letters, so that a raw book ticker is 110 bytes; nine in a combined one, so that that is 150; 5 to 13 in a mixed market.</summary>
    private static string Symbol(MessageShape shape, int index) => (shape.Mixed, shape.Combined) switch
    {
        (true, _) => string.Create(CultureInfo.InvariantCulture, $"{"ABCDEFGHI"[..(index % 7)]}{index}{(index % 3 == 0 ? "BTC" : "USDT")}"),
        (_, true) => string.Create(CultureInfo.InvariantCulture, $"S{index:D4}USDT"),
        _ => string.Create(CultureInfo.InvariantCulture, $"S{index:D5}USDT"),
    };

    private static string Book(string symbol, int i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"u\":{BookStart}{FirstRound}{i:D4},\"s\":\"{symbol}\",\"b\":\"6425.{i % 10000:D4}0000\",\"B\":\"31.21000000\",\"a\":\"6425.{(i + 7) % 10000:D4}0000\",\"A\":\"40.66000000\"}}");

    private static string MixedBook(string symbol, int i)
    {
        // A symbol's prices keep their order of magnitude; quantities do not.
        int magnitude = "0013346"[symbol.Length % 7] - '0';
        long price = (long)Math.Pow(10, magnitude) + (i % 7);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"u\":{BookStart}{FirstRound}{i:D4},\"s\":\"{symbol}\",\"b\":\"{price}.{i % 10000:D4}0000\",\"B\":\"{i * 31L % 100000}.21000000\",\"a\":\"{price}.{(i + 7) % 10000:D4}0000\",\"A\":\"{i * 17L % 3000}.66000000\"}}");
    }

    private static string Depth(string symbol, int i, int levels)
    {
        string Side(int from, int count) => string.Join(',', Enumerable.Range(from, count).Select(level => string.Create(
            CultureInfo.InvariantCulture, $"[\"6425.{(i + level) % 10000:D4}0000\",\"31.{level % 100:D2}000000\"]")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"e\":\"depthUpdate\",\"E\":{1672515782136L + i},\"s\":\"{symbol}\",\"U\":{DepthStart}{FirstRound},\"u\":{DepthStart}{FirstRound},\"b\":[{Side(0, levels / 2)}],\"a\":[{Side(levels / 2, levels - (levels / 2))}]}}");
    }
}
