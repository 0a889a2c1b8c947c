using System;
using System.Collections.Generic;
using System.Linq;
using PerfConn.Framing;

namespace PerfConn.Tests.Framing;

/// <summary>What a parser made of a script.</summary>
internal sealed class ParserOutcome(List<string> events, FrameFault fault, bool isClosed, bool isInsideMessage, int reads)
{
    public List<string> Events { get; } = events;

    public FrameFault Fault { get; } = fault;

    public bool IsClosed { get; } = isClosed;

    /// <summary>Whether the script ended inside a message; of no meaning after a fault or a close.</summary>
    public bool IsInsideMessage { get; } = isInsideMessage && fault == FrameFault.None && !isClosed;

    /// <summary>Calls of the parser until its fault, or all of them.</summary>
    public int Reads { get; } = reads;

    /// <summary>Whether everything but the number of reads is equal.</summary>
    public bool SaysTheSameAs(ParserOutcome other) =>
        Fault == other.Fault && IsClosed == other.IsClosed && IsInsideMessage == other.IsInsideMessage && Events.SequenceEqual(other.Events, StringComparer.Ordinal);

    public override string ToString() => $"{string.Join('\n', Events)}\nfault {Fault}, closed {IsClosed}, inside a message {IsInsideMessage}";
}
