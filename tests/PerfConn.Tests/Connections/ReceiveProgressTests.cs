using PerfConn.Connections;
using Xunit;

namespace PerfConn.Tests.Connections;

/// <summary>Which message is open, as a receive loop tells it read by read.</summary>
public class ReceiveProgressTests
{
    private readonly ReceiveProgress _progress = new(start: 7);
    private long _frames;

    [Fact]
    public void Between_messages_nothing_is_open()
    {
        Assert.Equal(0, _progress.OpenMessage);
        Assert.Equal(0, Read(frames: 3));
    }

    [Fact]
    public void A_message_is_the_same_one_for_as_long_as_it_grows()
    {
        // First the beginning of its first fragment, then more of it, then whole fragments, then a part of one.
        long message = Read(isLeft: true);
        Assert.NotEqual(0, message);
        Assert.Equal(message, Read(isLeft: true));
        Assert.Equal(message, Read(isMidway: true, isTaken: true));
        Assert.Equal(message, Read(isMidway: true, isLeft: true, isTaken: true));
        Assert.Equal(message, Read(isMidway: true));
    }

    [Fact]
    public void A_message_that_ends_makes_place_for_another()
    {
        long first = Read(isLeft: true);
        long second = Read(frames: 1, isLeft: true, isTaken: true);
        Assert.NotEqual(first, second);
        long third = Read(frames: 2, isMidway: true, isTaken: true);
        Assert.NotEqual(second, third);
        Assert.Equal(0, Read(frames: 1, isTaken: true));
        Assert.NotEqual(third, Read(isLeft: true));
    }

    [Fact]
    public void Control_frames_cut_by_the_reads_are_no_message()
    {
        // The rest of one and the beginning of the next, for ever.
        long first = Read(isLeft: true);
        long second = Read(isLeft: true, isTaken: true);
        Assert.NotEqual(first, second);
        Assert.NotEqual(second, Read(isLeft: true, isTaken: true));
    }

    [Fact]
    public void Control_frames_inside_a_message_change_nothing()
    {
        long message = Read(isMidway: true, isTaken: true);
        Assert.Equal(message, Read(isMidway: true, isLeft: true, isTaken: true));
        Assert.Equal(message, Read(isMidway: true, isTaken: true));
    }

    [Fact]
    public void A_session_that_is_over_awaits_nothing()
    {
        Read(isLeft: true);
        _progress.End();
        Assert.Equal(0, _progress.OpenMessage);
    }

    [Fact]
    public void It_is_busy_from_a_read_until_that_is_handled()
    {
        Assert.Equal((7, false), (_progress.Received, _progress.IsBusy));
        _progress.BeginHandling(9);
        Assert.Equal((9, true), (_progress.Received, _progress.IsBusy));
        _progress.EndHandling(isMidway: false, isLeft: false, isTaken: true, frames: 1);
        Assert.Equal((9, false), (_progress.Received, _progress.IsBusy));
    }

    private long Read(int frames = 0, bool isMidway = false, bool isLeft = false, bool isTaken = false)
    {
        _frames += frames;
        _progress.BeginHandling(8);
        _progress.EndHandling(isMidway, isLeft, isTaken, _frames);
        return _progress.OpenMessage;
    }
}
