using System.Runtime.InteropServices;

namespace PerfConn.Dispatch;

/// <summary>What writer and reader of a lane tell each other; read for each tick, written almost never, so away from all that is written often.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct LaneFlags
{
    /// <summary>1 while the reader sleeps or is not scheduled; who takes it to 0 wakes it.</summary>
    [FieldOffset(128)]
    public int Parked;

    /// <summary>1 when nothing more is taken.</summary>
    [FieldOffset(132)]
    public int Completed;

    /// <summary>1 when a full lane no longer makes its writer wait, because the line is being closed.</summary>
    [FieldOffset(136)]
    public int Hurried;

    /// <summary>1 while the writer sleeps.</summary>
    [FieldOffset(140)]
    public int WriterParked;

    /// <summary>1 while the writer is inside. The writer's, on its own lines, as what follows it.</summary>
    [FieldOffset(192)]
    public int Busy;

    /// <summary>Ticks that the writer was given.</summary>
    [FieldOffset(200)]
    public long Sent;

    /// <summary>Ticks that the writer dropped before they were in.</summary>
    [FieldOffset(208)]
    public long Refused;

    /// <summary>Ticks of one stream that the writer replaced by newer ones.</summary>
    [FieldOffset(216)]
    public long Conflated;

    /// <summary>Ticks that the handler was called with. The reader's, on lines of its own.</summary>
    [FieldOffset(256)]
    public long Delivered;
}
