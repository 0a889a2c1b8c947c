using System.Runtime.InteropServices;

namespace PerfConn.Dispatch;

/// <summary>Both ends of a ring, each on lines of its own.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct RingEnds
{
    /// <summary>Written so far; the writer's.</summary>
    [FieldOffset(128)]
    public long Tail;

    /// <summary>Read so far; the reader's.</summary>
    [FieldOffset(256)]
    public long Head;
}
