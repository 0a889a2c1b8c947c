using System;
using PerfConn.Framing;

namespace PerfConn.Tests.Framing.WebSocket.Differential;

/// <summary>One script, read here and there.</summary>
/// <param name="Seed">Makes the script again.</param>
/// <param name="Script">Its bytes.</param>
/// <param name="Ours">What this parser makes of it.</param>
/// <param name="Fault">With which fault, if any.</param>
/// <param name="Theirs">What the runtime's client makes of it.</param>
/// <param name="Explanation">Why the two differ; null when they do not, or nobody knows.</param>
/// <param name="IsExplained">Whether they agree, or differ for a known reason.</param>
internal sealed record DifferentialOutcome(
    ulong Seed, byte[] Script, FrameworkReading Ours, FrameFault Fault, FrameworkReading Theirs, Difference? Explanation, bool IsExplained)
{
    public override string ToString() =>
        $"script {Seed}: here\n{Ours} ({Fault})\nthere\n{Theirs}\nfor {Convert.ToHexString(Script.AsSpan(0, Math.Min(Script.Length, 600)))} ({Script.Length} bytes)";
}
