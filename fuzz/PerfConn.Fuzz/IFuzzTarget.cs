using System;

namespace PerfConn.Fuzz;

/// <summary>One parser under fuzzing. It gets any bytes, and throws only when an oracle of its own is broken.</summary>
internal interface IFuzzTarget
{
    /// <summary>The name on the command line, and of the corpus folder.</summary>
    string Name { get; }

    void Run(ReadOnlySpan<byte> input);
}
