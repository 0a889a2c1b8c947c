using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using PerfConn.Framing;
using PerfConn.Tests.Framing;

namespace PerfConn.Fuzz;

/// <summary>
/// A parser of a raw framing. The input begins with how the bytes are cut and with settings of the framing. Oracle: in one piece, read by read and
/// in segments the same comes out, and it is what a reference says that sees all bytes at once and looks at them one by one.
/// </summary>
internal abstract class RawTarget<TParser> : IFuzzTarget, ICutTarget
    where TParser : struct, IFrameParser
{
    /// <summary>Small, so that mutations find it.</summary>
    protected const int MaxMessageSize = 64;

    private const int PlanSize = 4;
    private const int SettingsSize = 2;

    public abstract string Name { get; }

    protected static FrameLimits Limits { get; } = new() { MaxMessageSize = MaxMessageSize };

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < PlanSize + SettingsSize)
        {
            return;
        }

        ReadOnlySpan<byte> plan = input[..PlanSize];
        ReadOnlySpan<byte> settings = input.Slice(PlanSize, SettingsSize);
        byte[] bytes = input[(PlanSize + SettingsSize)..].ToArray();
        RawOutcome expected = Reference(settings, bytes);
        AssertSame("whole", Parse(Create(settings), bytes, []), expected);
        AssertSame("cut by " + Convert.ToHexString(plan), Parse(Create(settings), bytes, plan), expected);
        AssertSame("segments of " + Convert.ToHexString(plan), Parse(Create(settings), FuzzSegment.Sequence(bytes, plan)), expected);
    }

    public void FeedEveryWay(byte[] input, Func<int, IEnumerable<int[]>> plans)
    {
        if (input.Length >= PlanSize + SettingsSize)
        {
            byte[] settings = input[PlanSize..(PlanSize + SettingsSize)];
            byte[] bytes = input[(PlanSize + SettingsSize)..];
            Feeder.FeedEveryWay(() => Create(settings), bytes, plans(bytes.Length));
        }
    }

    /// <summary>The parser under test.</summary>
    protected abstract TParser Create(ReadOnlySpan<byte> settings);

    /// <summary>The plain way, for whole streams only.</summary>
    protected abstract RawOutcome Reference(ReadOnlySpan<byte> settings, ReadOnlySpan<byte> bytes);

    private static RawOutcome Parse(TParser parser, byte[] bytes, ReadOnlySpan<byte> plan)
    {
        var events = new StringBuilder();
        var sink = new EventRecorder(events);
        int start = 0;
        int end = 0;
        FrameFault fault = FrameFault.None;
        for (int i = 0; end < bytes.Length && fault == FrameFault.None; i++)
        {
            end = plan.IsEmpty ? bytes.Length : Math.Min(bytes.Length, end + 1 + plan[i % plan.Length]);
            var buffer = new ReadOnlySequence<byte>(bytes, start, end - start);
            fault = parser.Parse(buffer, ref sink, out SequencePosition consumed);
            start += (int)buffer.Slice(0, consumed).Length;
        }

        return End(parser, events, fault, start < bytes.Length);
    }

    private static RawOutcome Parse(TParser parser, ReadOnlySequence<byte> buffer)
    {
        var events = new StringBuilder();
        var sink = new EventRecorder(events);
        FrameFault fault = parser.Parse(buffer, ref sink, out SequencePosition consumed);
        return End(parser, events, fault, !buffer.Slice(consumed).IsEmpty);
    }

    private static RawOutcome End(TParser parser, StringBuilder events, FrameFault fault, bool isLeft)
    {
        bool isInside = fault == FrameFault.None && (isLeft || parser.IsMidway);
        parser.Dispose();
        return new RawOutcome(events.ToString(), fault, isInside);
    }

    private static void AssertSame(string how, RawOutcome outcome, RawOutcome expected)
    {
        if (outcome != expected)
        {
            throw new OracleException($"{how}: {outcome} instead of {expected}");
        }
    }
}
