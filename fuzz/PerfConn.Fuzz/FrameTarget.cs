using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;
using PerfConn.Tests.Framing;

namespace PerfConn.Fuzz;

/// <summary>
/// The frame parser, client role. The first bytes of the input choose how the rest is cut. Oracle: any cut of the same bytes gives the same events as
/// no cut at all, and the same fault.
/// </summary>
internal sealed class FrameTarget : IFuzzTarget, ICutTarget
{
    private const int PlanSize = 4;

    private static readonly FrameLimits s_limits = new() { MaxMessageSize = 64 * 1024, MaxFragments = 16 };

    public string Name => "frame";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < PlanSize)
        {
            return;
        }

        ReadOnlySpan<byte> plan = input[..PlanSize];
        byte[] bytes = input[PlanSize..].ToArray();
        (string whole, FrameFault fault) = Parse(bytes, []);
        (string cut, FrameFault cutFault) = Parse(bytes, plan);
        if (whole != cut || fault != cutFault)
        {
            throw new OracleException($"cut by {Convert.ToHexString(plan)}: '{cut}' {cutFault}, whole: '{whole}' {fault}");
        }
    }

    public void FeedEveryWay(byte[] input, Func<int, IEnumerable<int[]>> plans)
    {
        byte[] bytes = input.Length < PlanSize ? [] : input[PlanSize..];
        Feeder.FeedEveryWay(() => new WebSocketFrameParser<ClientRole>(s_limits), bytes, plans(bytes.Length));
    }

    private static (string Events, FrameFault Fault) Parse(byte[] bytes, ReadOnlySpan<byte> plan)
    {
        var parser = new WebSocketFrameParser<ClientRole>(s_limits);
        var sink = new Recorder(new StringBuilder());
        int start = 0;
        int end = 0;
        for (int i = 0; end < bytes.Length; i++)
        {
            end = plan.IsEmpty ? bytes.Length : Math.Min(bytes.Length, end + 1 + plan[i % plan.Length]);
            var buffer = new ReadOnlySequence<byte>(bytes, start, end - start);
            FrameFault fault = parser.Parse(buffer, ref sink, out SequencePosition consumed);
            if (fault != FrameFault.None || parser.IsClosed)
            {
                parser.Dispose();
                return (sink.Events, fault);
            }

            start = (int)(start + buffer.Slice(0, consumed).Length);
        }

        parser.Dispose();
        return (sink.Events, FrameFault.None);
    }

    private readonly struct Recorder(StringBuilder events) : IFrameSink
    {
        public string Events => events.ToString();

        public void OnMessage(ReadOnlySpan<byte> payload, bool isText) =>
            events.Append(isText ? 't' : 'b').Append(payload.Length).Append(':').Append(Convert.ToHexString(payload)).Append(' ');

        public void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload) =>
            events.Append(frame).Append(':').Append(Convert.ToHexString(payload)).Append(' ');
    }
}
