using System.Runtime.InteropServices;

namespace PerfConn.Dispatch;

/// <summary>What the reader of a ring owns, and <see cref="Head"/>, which a writer that drops the oldest moves too; padded as <see cref="RingWriter"/> is.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct RingReader
{
    /// <summary>Positions taken so far, by the reader or by a writer that dropped them. Changed by compare-and-swap only: who moves it over a place owns what stands there.</summary>
    [FieldOffset(128)]
    public long Head;

    /// <summary>First position that the reader is copying out of the ring, or <see cref="long.MaxValue"/>.</summary>
    [FieldOffset(136)]
    public long Held;

    /// <summary>The writer's tail as last seen.</summary>
    [FieldOffset(192)]
    public long Tail;

    /// <summary>Where the last copied batch ended, and its place: the next begins there unless something was dropped.</summary>
    [FieldOffset(200)]
    public long Next;

    [FieldOffset(208)]
    public int NextPlace;
}
