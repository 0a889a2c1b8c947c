using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Framing.WebSocket.Compression;
using PerfConn.Tests.Framing;

namespace PerfConn.Fuzz;

/// <summary>
/// Compressed messages. The first four bytes choose how the frame is cut, the rest is a message's deflate data. Oracles: any cut gives the same as no cut; an accepted message
/// is what a plain <see cref="DeflateStream"/> makes of the data and its tail; one that the stream cannot read is never accepted.
/// </summary>
internal sealed class DeflateTarget : IFuzzTarget, ICutTarget
{
    private const int PlanSize = 4;
    private const int MaxMessageSize = 64 * 1024;

    private static readonly FrameLimits s_limits = new() { MaxMessageSize = MaxMessageSize, ValidateText = false };

    public string Name => "deflate";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length is < PlanSize or > ushort.MaxValue)
        {
            return;
        }

        ReadOnlySpan<byte> plan = input[..PlanSize];
        byte[] deflated = input[PlanSize..].ToArray();
        byte[] script = Frame(deflated);

        (byte[]? whole, FrameFault fault) = Parse(script, []);
        (byte[]? cut, FrameFault cutFault) = Parse(script, plan);
        if (fault != cutFault || (whole is null) != (cut is null) || !whole.AsSpan().SequenceEqual(cut))
        {
            throw new OracleException($"cut by {Convert.ToHexString(plan)}: {cutFault}, {cut?.Length} bytes; whole: {fault}, {whole?.Length} bytes");
        }

        if (whole is not null && deflated.Length > 0)
        {
            Compare(whole, deflated);
        }
    }

    public void FeedEveryWay(byte[] input, Func<int, IEnumerable<int[]>> plans)
    {
        if (input.Length is >= PlanSize and <= ushort.MaxValue)
        {
            byte[] script = Frame(input[PlanSize..]);
            Feeder.FeedEveryWay(
                () => new WebSocketFrameParser<ClientRole>(s_limits, new MessageInflater(keepsContext: true, windowBits: 15, s_limits)), script, plans(script.Length));
        }
    }

    private static byte[] Frame(byte[] deflated) => deflated.Length < 126
        ? [0xC2, (byte)deflated.Length, .. deflated]
        : [0xC2, 126, (byte)(deflated.Length >> 8), (byte)deflated.Length, .. deflated];

    private static (byte[]? Message, FrameFault Fault) Parse(byte[] script, ReadOnlySpan<byte> plan)
    {
        var parser = new WebSocketFrameParser<ClientRole>(s_limits, new MessageInflater(keepsContext: true, windowBits: 15, s_limits));
        var messages = new List<byte[]>();
        var sink = new Recorder(messages);
        FrameFault fault = FrameFault.None;
        int start = 0;
        int end = 0;
        for (int i = 0; end < script.Length && fault == FrameFault.None; i++)
        {
            end = plan.IsEmpty ? script.Length : Math.Min(script.Length, end + 1 + plan[i % plan.Length]);
            var buffer = new ReadOnlySequence<byte>(script, start, end - start);
            fault = parser.Parse(buffer, ref sink, out SequencePosition consumed);
            start = (int)(start + buffer.Slice(0, consumed).Length);
        }

        parser.Dispose();
        return messages.Count > 1
            ? throw new OracleException($"{messages.Count} messages out of one frame")
            : (messages.Count == 0 ? null : messages[0], fault);
    }

    /// <summary>A stream ends at the first block marked as the last one; the parser goes on with what follows, so only the beginning is compared.</summary>
    private static void Compare(byte[] message, byte[] deflated)
    {
        using var stream = new DeflateStream(new MemoryStream([.. deflated, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
        var expected = new MemoryStream();
        try
        {
            stream.CopyTo(expected);
        }
        catch (InvalidDataException e)
        {
            throw new OracleException($"{message.Length} bytes were accepted of data that the framework refuses: {e.Message}");
        }

        ReadOnlySpan<byte> beginning = expected.GetBuffer().AsSpan(0, (int)expected.Length);
        if (!message.AsSpan().StartsWith(beginning))
        {
            throw new OracleException($"{message.Length} bytes that do not begin with the framework's {expected.Length}");
        }
    }

    private readonly struct Recorder(List<byte[]> messages) : IFrameSink
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) => messages.Add(payload.ToArray());

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload)
        {
        }
    }
}
