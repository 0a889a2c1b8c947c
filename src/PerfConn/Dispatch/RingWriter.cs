using System.Runtime.InteropServices;

namespace PerfConn.Dispatch;

/// <summary>What the writer of a ring owns; on cache lines of its own, two on each side because the prefetcher fetches pairs.</summary>
[StructLayout(LayoutKind.Explicit, Size = 320)]
internal struct RingWriter
{
    /// <summary>Positions written so far; read by the reader.</summary>
    [FieldOffset(128)]
    public long Tail;

    /// <summary>The position that may not be written yet, as far as the writer knows: it looks at the reader's side only when it gets here.</summary>
    [FieldOffset(136)]
    public long Limit;

    /// <summary>Ticks dropped from the ring.</summary>
    [FieldOffset(144)]
    public long Dropped;

    /// <summary>Place of <see cref="Tail"/>.</summary>
    [FieldOffset(152)]
    public int Place;
}
