using System.Globalization;
using System.IO;
using PerfConn.SimulationTests.Time;

namespace PerfConn.SimulationTests.Running;

/// <summary>Everything that happens in a history, in order: as a hash, and as text where somebody wants to read it.</summary>
internal sealed class Trace(VirtualTime time, TextWriter? text)
{
    private const ulong Prime = 0x100000001B3;

    /// <summary>FNV-1a over all notes and their times.</summary>
    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    /// <summary>Whether notes are written, so that costly ones are worth making.</summary>
    public bool IsWritten => text is not null;

    public void Note(string what, long a = 0, long b = 0, string detail = "")
    {
        Mix((ulong)time.Elapsed.Ticks);
        Mix(what);
        Mix((ulong)a);
        Mix((ulong)b);
        Mix(detail);
        text?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalSeconds,12:0.0000} {what,-22} {a} {b} {detail}"));
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;

    private void Mix(string words)
    {
        foreach (char letter in words)
        {
            Mix(letter);
        }
    }
}
