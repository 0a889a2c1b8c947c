using System;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfConn.Dispatch;
using Xunit;

namespace PerfConn.Tests.Dispatch;

/// <summary>What writer and reader write stands on different cache lines, two apart, whatever stands around it.</summary>
public sealed class LaneLayoutTests
{
    private const int Line = 64;
    private const int Pair = 128;

    [Theory]
    [InlineData(typeof(RingWriter))]
    [InlineData(typeof(RingReader))]
    [InlineData(typeof(RingEnds))]
    [InlineData(typeof(LaneFlags))]
    public void Nothing_else_comes_near_what_is_written_often(Type type)
    {
        int[] offsets = [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(f => f.GetCustomAttribute<FieldOffsetAttribute>()!.Value)];
        Assert.True(offsets.Min() >= Pair, "room before");
        Assert.True(type.StructLayoutAttribute!.Size - offsets.Max() >= Pair, "room behind");
    }

    [Fact]
    public void The_two_sides_share_no_line()
    {
        Assert.NotEqual(LineOf<RingEnds>(nameof(RingEnds.Tail)), LineOf<RingEnds>(nameof(RingEnds.Head)));
        Assert.NotEqual(LineOf<RingReader>(nameof(RingReader.Head)), LineOf<RingReader>(nameof(RingReader.Next)));
        int flags = LineOf<LaneFlags>(nameof(LaneFlags.Parked));
        Assert.Equal(flags, LineOf<LaneFlags>(nameof(LaneFlags.Completed)));
        Assert.NotEqual(flags, LineOf<LaneFlags>(nameof(LaneFlags.Busy)));
        Assert.NotEqual(LineOf<LaneFlags>(nameof(LaneFlags.Busy)), LineOf<LaneFlags>(nameof(LaneFlags.Delivered)));
    }

    [Fact]
    public void A_place_begins_with_24_bytes()
    {
        Assert.Equal(LaneSlotHeader.Size, Unsafe.SizeOf<LaneSlotHeader>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<Gap>(), "a gap marker is written into a place as it is");
        Assert.True(Delivery.MaxCopyLimit + LaneSlotHeader.Size <= 4096);
    }

    private static int LineOf<T>(string field) => typeof(T).GetField(field)!.GetCustomAttribute<FieldOffsetAttribute>()!.Value / Line;
}
